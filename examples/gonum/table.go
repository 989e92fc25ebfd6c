package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/tandem-go/tandem/examples/internal/outfile"
)

// data is a table: rows of cols numbers, and one that they should explain.
type data struct {
	names      []string // of the columns, the explained one last
	rows, cols int
	values     []float64 // by rows, of cols+1
}

func (t *data) at(i, j int) float64 { return t.values[i*(t.cols+1)+j] }

// target is the last column.
func (t *data) target() []float64 {
	v := make([]float64, t.rows)
	for i := range v {
		v[i] = t.at(i, t.cols)
	}
	return v
}

// centred is the other columns less their means.
func (t *data) centred() *mat.Dense {
	x := mat.NewDense(t.rows, t.cols, nil)
	for j := range t.cols {
		mean := 0.0
		for i := range t.rows {
			mean += t.at(i, j) / float64(t.rows)
		}
		for i := range t.rows {
			x.Set(i, j, t.at(i, j)-mean)
		}
	}
	return x
}

// read reads a CSV file with a header.
func read(from io.Reader) (*data, error) {
	lines := csv.NewReader(from)
	names, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty, want a header and rows of numbers")
	}
	if err != nil {
		return nil, err
	}
	if len(names) < 2 {
		return nil, fmt.Errorf("%d column, want at least 2", len(names))
	}
	t := &data{names: names, cols: len(names) - 1}
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		for i, f := range fields {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				line, _ := lines.FieldPos(i)
				return nil, fmt.Errorf("line %d, column %q: %q is not a finite number", line, names[i], f)
			}
			t.values = append(t.values, v)
		}
		t.rows++
	}
}

// madeUp is a table in which a few hidden causes move all columns, and the last
// depends on all of them, with noise.
func madeUp(rows, cols int, seed uint64) *data {
	rng := rand.New(rand.NewPCG(seed, 0))
	const causes = 6
	weights := make([]float64, causes*(cols+1))
	for i := range weights {
		weights[i] = rng.NormFloat64()
	}
	t := &data{rows: rows, cols: cols, values: make([]float64, rows*(cols+1))}
	for j := range cols {
		t.names = append(t.names, fmt.Sprintf("x%d", j+1))
	}
	t.names = append(t.names, "y")
	for i := range rows {
		var hidden [causes]float64
		for k := range hidden {
			hidden[k] = rng.NormFloat64() + 3*float64(i%4)
		}
		row := t.values[i*(cols+1) : (i+1)*(cols+1)]
		for j := range row {
			row[j] = rng.NormFloat64()
			for k, h := range hidden {
				row[j] += h * weights[k*(cols+1)+j]
			}
		}
	}
	return t
}

// writeFile writes the table as a CSV file.
func (t *data) writeFile(path string) error {
	file, err := outfile.Create(path)
	if err != nil {
		return err
	}
	defer file.Discard()
	lines := csv.NewWriter(file)
	if err := lines.Write(t.names); err != nil {
		return err
	}
	fields := make([]string, t.cols+1)
	for i := range t.rows {
		for j := range fields {
			fields[j] = strconv.FormatFloat(t.at(i, j), 'g', -1, 64)
		}
		if err := lines.Write(fields); err != nil {
			return err
		}
	}
	lines.Flush()
	if err := lines.Error(); err != nil {
		return err
	}
	return file.Commit()
}
