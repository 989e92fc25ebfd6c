// Gonum runs a program that is written against gonum alone, before and after the
// line that puts Tandem's BLAS in use.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Gonum runs four analyses of a table of numbers with gonum alone: a linear regression
by QR, principal components by SVD, ridge regression by a Cholesky factorisation,
and clusters by k-means. Then it calls

    blas64.Use(s.BLAS())

and runs them again, in turns with gonum alone. The results are compared, and the
times stand side by side.

The table is a CSV file with a header, of which the last column is to be explained
by the others; without -i it is made up. Tandem measures what is faster when it
first sees a kind of call, so a first run may gain less than the next.`

func main() { cli.Main("gonum", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("gonum", summary, "", "-i table.csv", "-write table.csv -rows 2000 -cols 100")
	in := f.String("i", "", "the CSV `file` to read")
	out := f.String("write", "", "write the made-up table to this `file`, to see what one looks like")
	rows := f.Int("rows", 1500, "`rows` of the made-up table")
	cols := f.Int("cols", 200, "`columns` of the made-up table besides the last")
	seed := f.Uint64("seed", 1, "`seed` of the made-up table")
	clusters := f.Int("clusters", 8, "how many `clusters` k-means looks for")
	rounds := f.Int("rounds", 5, "how often each analysis runs; the fastest counts")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	t, err := table(*in, *rows, *cols, *seed)
	if err != nil {
		return err
	}
	if *clusters < 1 || *clusters > t.rows {
		return fmt.Errorf("-clusters: %d, want 1 to %d", *clusters, t.rows)
	}
	if *rounds < 1 {
		return fmt.Errorf("-rounds: %d, want at least 1", *rounds)
	}
	if *out != "" {
		if err := t.writeFile(*out); err != nil {
			return fmt.Errorf("-write: %w", err)
		}
		fmt.Fprintf(stdout, "wrote %s\n", *out)
	}
	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer s.Close() // its errors would not change the result

	plain := blas64.Implementation()
	defer blas64.Use(plain)
	b := s.BLAS()
	blas64.Use(b)                                                // the one line
	if _, err := analyses(ctx, t, *clusters, 1, b); err != nil { // lets it see what is called
		return err
	}
	if err := settle(ctx, b); err != nil {
		return err
	}
	both, err := analyses(ctx, t, *clusters, *rounds, plain, b)
	if err != nil {
		return err
	}
	before, after := both[0], both[1]
	return compare(stdout, t, before, after)
}

// settle waits until the BLAS has measured what it has seen.
func settle(ctx context.Context, b *hybrid.BLAS) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !b.Settled() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// outcome is what an analysis found, in numbers that can be compared, and how long
// it took.
type outcome struct {
	name   string
	values []float64
	took   time.Duration
}

// analyses runs each analysis some times with each BLAS, in turns, so that what
// else the machine does is shared by all. It returns the outcomes by BLAS; the
// fastest run counts.
func analyses(ctx context.Context, t *data, clusters, rounds int, by ...blas.Float64) ([][]outcome, error) {
	all := []struct {
		name string
		run  func() ([]float64, error)
	}{
		{"regression by QR", func() ([]float64, error) { return regress(t) }},
		{"components by SVD", func() ([]float64, error) { return components(t) }},
		{"ridge by Cholesky", func() ([]float64, error) { return ridge(t) }},
		{"k-means", func() ([]float64, error) { return kmeans(t, clusters), nil }},
	}
	found := make([][]outcome, len(by))
	for _, a := range all {
		turns := make([]outcome, len(by))
		for round := range rounds {
			for i := range by {
				if ctx.Err() != nil {
					return nil, context.Cause(ctx)
				}
				blas64.Use(by[i])
				start := time.Now()
				values, err := a.run()
				if err != nil {
					return nil, fmt.Errorf("%s: %w", a.name, err)
				}
				took := time.Since(start)
				if o := &turns[i]; round == 0 || took < o.took {
					*o = outcome{a.name, values, took}
				}
			}
		}
		for i, o := range turns {
			found[i] = append(found[i], o)
		}
	}
	return found, nil
}

// tolerance is by how much results may differ, of the largest of them: sums are
// added in another order, and a decomposition makes more of that.
const tolerance = 1e-8

func compare(out io.Writer, t *data, before, after []outcome) error {
	fmt.Fprintf(out, "%d rows of %d columns, %q explained by the others\n\n", t.rows, t.cols, t.names[t.cols])
	fmt.Fprintf(out, "%-20s %12s %12s %7s   %s\n", "analysis", "gonum alone", "with Tandem", "gain", "largest difference")
	for i, b := range before {
		a := after[i]
		diff := difference(b.values, a.values)
		fmt.Fprintf(out, "%-20s %12s %12s %6.2f×   %.1e\n", b.name, report.Duration(b.took), report.Duration(a.took),
			b.took.Seconds()/max(a.took.Seconds(), 1e-9), diff)
		if !(diff <= tolerance) {
			return fmt.Errorf("%s: the results differ by %v of the largest", b.name, diff)
		}
	}
	return nil
}

// difference is the largest difference of two results, as a part of the largest
// number.
func difference(a, b []float64) float64 {
	var most, scale float64
	for i := range a {
		most = max(most, abs(a[i]-b[i]))
		scale = max(scale, abs(a[i]))
	}
	if scale == 0 {
		return most
	}
	return most / scale
}

func abs(x float64) float64 { return max(x, -x) }

// table reads a file, or makes a table up.
func table(path string, rows, cols int, seed uint64) (*data, error) {
	if path == "" {
		if rows < 2 || cols < 1 || rows <= cols {
			return nil, fmt.Errorf("-rows, -cols: %d rows of %d columns, want more rows than columns", rows, cols)
		}
		return madeUp(rows, cols, seed), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("-i: %w", err)
	}
	defer file.Close()
	t, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("-i %s: %w", path, err)
	}
	if t.rows <= t.cols {
		return nil, fmt.Errorf("-i %s: %d rows of %d columns, want more rows than columns", path, t.rows, slices.Max([]int{t.cols, 1}))
	}
	return t, nil
}
