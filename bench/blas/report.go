package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

// worst is how many of the worst cells are shown, and limit the ratio that every
// cell should stay within.
const (
	worst = 20
	limit = 1.05
)

// report prints how many cells there are, how the ratios are distributed, and the
// worst.
func report(out io.Writer, cells []cell, grid int) {
	fmt.Fprintf(out, "%d of %d cells are measured", len(cells), grid)
	if len(cells) < grid {
		fmt.Fprintf(out, "; for want of time %d are not, of the largest sizes and those that take longest", grid-len(cells))
	}
	fmt.Fprintln(out)
	if len(cells) == 0 {
		return
	}
	sorted := slices.Clone(cells)
	slices.SortFunc(sorted, func(a, b cell) int { return cmp.Compare(b.Ratio, a.Ratio) })
	over := slices.IndexFunc(sorted, func(c cell) bool { return c.Ratio <= limit })
	if over < 0 {
		over = len(sorted)
	}
	fmt.Fprintf(out, "time as a part of the wrapped routine's: median %s, fastest %s; %d of %d cells over %.2f\n",
		sorted[len(sorted)/2].ratio(), sorted[len(sorted)-1].ratio(), over, len(sorted), limit)
	if bounds := countBounds(cells); bounds > 0 {
		fmt.Fprintf(out, "%d cells are bounds (<): there the wrapped routine was given up while it ran\n", bounds)
	}
	fmt.Fprintf(out, "the worst:\n%-14s %10s %14s %14s %7s %6s\n", "routine", "size", "wrapped", "tandem", "ratio", "pairs")
	for _, c := range sorted[:min(worst, len(sorted))] {
		atLeast := ""
		if c.Bound {
			atLeast = ">"
		}
		fmt.Fprintf(out, "%-14s %10d %14s %14v %7s %6d\n", c.Routine, c.N, atLeast+duration(c.Wrapped).String(), duration(c.Tandem), c.ratio(), c.Pairs)
	}
}

// ratio is a cell's ratio in writing.
func (c cell) ratio() string {
	if c.Bound {
		return fmt.Sprintf("<%.3f", c.Ratio)
	}
	return fmt.Sprintf("%.3f", c.Ratio)
}

func countBounds(cells []cell) (n int) {
	for _, c := range cells {
		if c.Bound {
			n++
		}
	}
	return n
}

func duration(seconds float64) time.Duration {
	return time.Duration(seconds * 1e9).Round(10 * time.Nanosecond)
}

// results is a file that cells are added to as they are measured, or nothing.
type results struct {
	file  *os.File
	lines *json.Encoder
}

// keep opens the file of results and writes a line about the machine to it.
func keep(path string, s *hybrid.Scheduler, b *hybrid.BLAS) (*results, error) {
	if path == "" {
		return &results{}, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("-o: %w", err)
	}
	var devices []string
	for _, d := range s.Devices() {
		devices = append(devices, d.ID+" "+d.Name)
	}
	r := &results{f, json.NewEncoder(f)}
	if err := r.lines.Encode(map[string]any{
		"time": time.Now().UTC().Format(time.RFC3339), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
		"workers": s.Workers(), "devices": devices, "wrapped": b.Wrapped().Name,
	}); err != nil {
		return nil, errors.Join(fmt.Errorf("-o: %w", err), f.Close())
	}
	return r, nil
}

func (r *results) add(c cell) error {
	if r.file == nil {
		return nil
	}
	if err := r.lines.Encode(c); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	return nil
}

// Close closes the file, if there is one.
func (r *results) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// readResults reads the cells of a file of results, of equal ones the last.
func readResults(path string) ([]cell, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	at := map[cellKey]int{}
	var cells []cell
	for lines := json.NewDecoder(f); ; {
		var c cell
		if err := lines.Decode(&c); errors.Is(err, io.EOF) {
			return cells, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if c.Routine == "" {
			continue // the line about the machine
		}
		if i, known := at[c.key()]; known {
			cells[i] = c
			continue
		}
		at[c.key()] = len(cells)
		cells = append(cells, c)
	}
}
