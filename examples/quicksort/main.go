// Quicksort sorts the numbers of a file by fork-join.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Quicksort sorts numbers, those of a text file with one on each line or random
ones, and compares the time with slices.Sort and with hybrid.ParallelSort.

Each partition sorts both of its parts, possibly at the same time. Parts that no
worker wants cost little more than a call, so there is nothing to tune.`

func main() { cli.Main("quicksort", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("quicksort", summary, "-n 20000000", "-i numbers.txt -o sorted.txt")
	n := f.Int("n", 5_000_000, "how many random `numbers` to sort without -i")
	in := f.String("i", "", "the text `file` to sort, one number on each line")
	out := f.String("o", "", "the `file` to write")
	seed := f.Uint64("seed", 1, "`seed` of the random numbers")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	if *n < 0 || *n > 1e9 {
		return fmt.Errorf("-n: %d numbers, want 0 to 1,000,000,000", *n)
	}
	x, err := numbers(*in, *n, *seed)
	if err != nil {
		return err
	}
	var file *outfile.File
	if *out != "" {
		if file, err = outfile.Create(*out); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
		defer file.Discard()
	}
	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer s.Close() // its errors would not change the result

	reference, merged := slices.Clone(x), slices.Clone(x)
	start := time.Now()
	slices.Sort(reference)
	plain := time.Since(start)
	start = time.Now()
	divisions, err := hybrid.Fork(ctx, s, quicksort, x)
	if err != nil {
		return err
	}
	took := time.Since(start)
	start = time.Now()
	if err := hybrid.ParallelSort(ctx, s, merged); err != nil {
		return err
	}
	library := time.Since(start)
	if !slices.Equal(x, reference) || !slices.Equal(merged, reference) {
		return fmt.Errorf("the result differs from that of slices.Sort")
	}
	fmt.Fprintf(stdout, "%d numbers sorted on %d workers in %s, divided %d times\n", len(x), s.Workers(), report.Duration(took), divisions)
	for _, other := range []struct {
		name string
		took time.Duration
	}{{"slices.Sort, on one core", plain}, {"hybrid.ParallelSort, the library's own", library}} {
		fmt.Fprintf(stdout, "%s, takes %s: %.2f times as long; the results are equal\n",
			other.name, report.Duration(other.took), other.took.Seconds()/max(took.Seconds(), 1e-9))
	}
	if file == nil {
		return nil
	}
	if err := write(file, x); err != nil {
		return fmt.Errorf("-o %s: %w", *out, err)
	}
	fmt.Fprintf(stdout, "wrote %s\n", *out)
	return nil
}

// small is how many numbers are sorted at once, by an algorithm that is better at it.
const small = 256

// quicksort sorts x in place and returns how often it divided. The pivot is the
// median of three.
func quicksort(l *cpuexec.Lane[[]float64, int], x []float64) int {
	if len(x) <= small {
		slices.Sort(x)
		return 0
	}
	cut := partition(x)
	left, right := l.Both(quicksort, x[:cut], x[cut:])
	return 1 + left + right
}

// partition moves what is less than the pivot to the front, and returns where the
// rest begins. Both parts hold something (Hoare, Quicksort, 1962).
func partition(x []float64) int {
	a, b, c := x[0], x[len(x)/2], x[len(x)-1]
	pivot := max(min(a, b), min(max(a, b), c))
	i, j := 0, len(x)-1
	for {
		for x[i] < pivot {
			i++
		}
		for x[j] > pivot {
			j--
		}
		if i >= j {
			return max(1, i)
		}
		x[i], x[j] = x[j], x[i]
		i++
		j--
	}
}

// numbers reads a file, or makes numbers up.
func numbers(path string, n int, seed uint64) ([]float64, error) {
	if path == "" {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		return x, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("-i: %w", err)
	}
	defer file.Close()
	var x []float64
	lines := bufio.NewScanner(file)
	for line := 1; lines.Scan(); line++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v != v {
			return nil, fmt.Errorf("-i %s:%d: %q is not a number that can be sorted", path, line, text)
		}
		x = append(x, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("-i %s: %w", path, err)
	}
	return x, nil
}

func write(file *outfile.File, x []float64) error {
	w := bufio.NewWriter(file)
	for _, v := range x {
		if _, err := fmt.Fprintln(w, v); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Commit()
}
