// Matmul multiplies two matrices on all devices at once and compares the result
// with gonum alone.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/npy"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/product"
)

const summary = `Matmul computes C = A*B on all devices at once. It prints which device did what,
and compares the time and the result with those of gonum alone.

A and B are two .npy files, as numpy.save writes them, of float32 or float64 in C
order; or they are generated, of m×k and k×n elements of the normal distribution.`

// maxElements bounds a generated matrix: 8 GiB of float64.
const maxElements = 1 << 30

// settings are the program's flags.
type settings struct {
	a, b, out string
	m, n, k   int
	typ       string
	seed      uint64
	every     bool
	alone     bool
	flags     *cli.Flags
}

func main() { cli.Main("matmul", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	set, err := parse(args, stdout)
	if err != nil {
		return err
	}
	var file *outfile.File
	if set.out != "" {
		if file, err = outfile.Create(set.out); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
		defer file.Discard()
	}
	j := job{settings: set, file: file, stdout: stdout, stderr: stderr}
	if set.a == "" {
		if set.typ == "float32" {
			return multiply(ctx, &j, product.Random[float32](set.m, set.n, set.k, set.seed))
		}
		return multiply(ctx, &j, product.Random[float64](set.m, set.n, set.k, set.seed))
	}
	a, err := openMatrix("-a", set.a)
	if err != nil {
		return err
	}
	defer func() { _ = a.file.Close() }()
	b, err := openMatrix("-b", set.b)
	if err != nil {
		return err
	}
	defer func() { _ = b.file.Close() }()
	if err := fit(a.Header, b.Header); err != nil {
		return err
	}
	if a.Size == 4 {
		return multiplyFiles[float32](ctx, &j, a, b)
	}
	return multiplyFiles[float64](ctx, &j, a, b)
}

func parse(args []string, stdout io.Writer) (*settings, error) {
	f := cli.NewFlags("matmul", summary, "-n 2048 -type float64", "-a a.npy -b b.npy -o c.npy")
	set := &settings{flags: f}
	f.StringVar(&set.a, "a", "", "the .npy `file` with A; none: generate A and B")
	f.StringVar(&set.b, "b", "", "the .npy `file` with B")
	f.StringVar(&set.out, "o", "", "the .npy `file` to write C to; none: write no file")
	f.IntVar(&set.n, "n", 1024, "columns of a generated B, in elements")
	f.IntVar(&set.m, "m", 0, "rows of a generated A, in elements (default as -n)")
	f.IntVar(&set.k, "k", 0, "columns of a generated A, in elements (default as -n)")
	f.StringVar(&set.typ, "type", "float32", "the generated elements' `type`, float32 or float64")
	f.Uint64Var(&set.seed, "seed", 1, "of the random numbers: the same seed gives the same matrices")
	f.BoolVar(&set.every, "every", false, "give each device a part, also where fewer would be faster")
	f.BoolVar(&set.alone, "gonum", true, "compare with gonum alone, which takes as long as gonum does")
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	return set, set.check()
}

// check fills in what follows from other flags and reports the first mistake.
func (s *settings) check() error {
	if (s.a == "") != (s.b == "") {
		return errors.New("-a and -b belong together: one of them is missing")
	}
	for _, name := range []string{"n", "m", "k", "type", "seed"} {
		if s.a != "" && s.flags.Given(name) {
			return fmt.Errorf("-%s is for generated matrices, not for files", name)
		}
	}
	if !s.flags.Given("m") {
		s.m = s.n
	}
	if !s.flags.Given("k") {
		s.k = s.n
	}
	for _, side := range []struct {
		name string
		n    int
	}{{"n", s.n}, {"m", s.m}, {"k", s.k}} {
		if side.n < 1 || side.n > maxElements {
			return fmt.Errorf("-%s %d: want 1 to %d", side.name, side.n, maxElements)
		}
	}
	if s.k > maxElements/s.m || s.k > maxElements/s.n || s.n > maxElements/s.m {
		return fmt.Errorf("-m %d -n %d -k %d: a matrix of more than %d elements", s.m, s.n, s.k, maxElements)
	}
	if s.typ != "float32" && s.typ != "float64" {
		return fmt.Errorf("-type %s: want float32 or float64", s.typ)
	}
	return nil
}

// fit reports why the matrices in two files cannot be multiplied.
func fit(a, b npy.Header) error {
	switch {
	case a.Size != b.Size:
		return fmt.Errorf("-a is %s and -b is %s: want two matrices of one type", a.TypeName(), b.TypeName())
	case a.Cols != b.Rows:
		return fmt.Errorf("-a is %d×%d and -b is %d×%d: want as many rows in B as columns in A", a.Rows, a.Cols, b.Rows, b.Cols)
	case a.Rows > 0 && b.Cols > maxElements/a.Rows:
		return fmt.Errorf("-a is %d×%d and -b is %d×%d: a product of more than %d elements", a.Rows, a.Cols, b.Rows, b.Cols, maxElements)
	}
	return nil
}
