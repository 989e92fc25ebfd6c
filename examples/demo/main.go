// Demo runs a picture of the Mandelbrot set and a matrix product on every device
// and on all of them together, checks each result, and prints who did what and
// how long it took.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Demo draws the Mandelbrot set and multiplies two matrices: on each device alone,
on the devices that Tandem chooses, and on all at once. It checks every result
against plain Go and gonum, and fails if one is wrong. It prints which device did
what, and the best single device's time beside Tandem's.`

func main() { cli.Main("demo", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("demo", summary, "", "-o pictures -rounds 9")
	out := f.String("o", "", "the `folder` for the pictures (default a new one for temporary files)")
	rounds := f.Int("rounds", 5, "how often each is timed at most, in 15 s or so; the median counts")
	width := f.Int("width", 1280, "of the picture, in pixels")
	n := f.Int("n", 1024, "rows and columns of the matrices")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	if *rounds < 1 || *rounds > 1000 {
		return fmt.Errorf("-rounds %d: want 1 to 1000", *rounds)
	}
	if *n < 1 || *n > 1<<14 {
		return fmt.Errorf("-n %d: want 1 to %d", *n, 1<<14)
	}
	picture, err := newPicture(*width)
	if err != nil {
		return err
	}
	folder, err := pictureFolder(*out)
	if err != nil {
		return err
	}

	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // its errors would not change the results
	printDevices(stdout, s)

	if err := measure(ctx, s, picture.job(), *rounds, stdout, progress.New(stderr, "mandelbrot")); err != nil {
		return err
	}
	if err := measure(ctx, s, newProduct(*n).job(), *rounds, stdout, progress.New(stderr, "matmul")); err != nil {
		return err
	}
	files, err := picture.write(folder, s)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "\nThe picture, and who computed which part of it:")
	for _, file := range files {
		fmt.Fprintln(stdout, "  "+file)
	}
	return nil
}

func pictureFolder(path string) (string, error) {
	if path == "" {
		return os.MkdirTemp("", "tandem-demo-*")
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return "", fmt.Errorf("-o: %w", err)
	}
	return path, nil
}

func printDevices(w io.Writer, s *hybrid.Scheduler) {
	width := 0
	for _, d := range s.Devices() {
		width = max(width, len(d.ID))
	}
	fmt.Fprintf(w, "Devices, and %d CPU workers:\n", s.Workers())
	for _, d := range s.Devices() {
		shared := ""
		if d.Caps.HostCores && d.ID != "cpu" {
			shared = "  (computes on the CPU's cores: the two cannot beat the better one)"
		}
		fmt.Fprintf(w, "  %-*s  %s%s\n", width, d.ID, d.Name, shared)
	}
}
