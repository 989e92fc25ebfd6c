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

// report prints what was cut, how the ratios are distributed, and the worst.
func report(out io.Writer, cells []cell, grid []hybrid.BLASCall) {
	if left := len(grid) - len(cells); left > 0 {
		next := grid[len(cells)]
		fmt.Fprintf(out, "%d of %d cells were measured; for want of time the others were not, from %s of %d on\n", len(cells), len(grid), next.Name, next.N)
	}
	if len(cells) == 0 {
		return
	}
	sorted := slices.Clone(cells)
	slices.SortFunc(sorted, func(a, b cell) int { return cmp.Compare(b.Ratio, a.Ratio) })
	over := slices.IndexFunc(sorted, func(c cell) bool { return c.Ratio <= limit })
	if over < 0 {
		over = len(sorted)
	}
	fmt.Fprintf(out, "time as a part of the wrapped routine's: median %.2f, fastest %.2f; %d of %d cells over %.2f\n",
		sorted[len(sorted)/2].Ratio, sorted[len(sorted)-1].Ratio, over, len(sorted), limit)
	fmt.Fprintf(out, "the worst:\n%-14s %10s %14s %14s %7s %6s\n", "routine", "size", "wrapped", "tandem", "ratio", "pairs")
	for _, c := range sorted[:min(worst, len(sorted))] {
		fmt.Fprintf(out, "%-14s %10d %14v %14v %7.3f %6d\n", c.Routine, c.N, duration(c.Wrapped), duration(c.Tandem), c.Ratio, c.Pairs)
	}
}

func duration(seconds float64) time.Duration {
	return time.Duration(seconds * 1e9).Round(10 * time.Nanosecond)
}

// appendResults writes a line about the machine and one for each cell.
func appendResults(path string, s *hybrid.Scheduler, cells []cell) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var devices []string
	for _, d := range s.Devices() {
		devices = append(devices, d.ID+" "+d.Name)
	}
	lines := json.NewEncoder(f)
	if err := lines.Encode(map[string]any{
		"time": time.Now().UTC().Format(time.RFC3339), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
		"workers": s.Workers(), "devices": devices, "cells": len(cells),
	}); err != nil {
		return err
	}
	for _, c := range cells {
		if err := lines.Encode(c); err != nil {
			return err
		}
	}
	return nil
}

// readResults reads the cells of a file of results, of equal ones the last.
func readResults(path string) ([]cell, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	type key struct {
		routine string
		n       int
	}
	at := map[key]int{}
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
		k := key{c.Routine, c.N}
		if i, known := at[k]; known {
			cells[i] = c
			continue
		}
		at[k] = len(cells)
		cells = append(cells, c)
	}
}
