package main

import (
	"errors"
	"os"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// partial is where rows are kept as they come, block by block, until a run has come to
// its end and written them merged: who ends it by force finds there what it had. The file
// stands beside that of the results.
type partial struct {
	file *os.File
	out  *measure.Writer
}

func newPartial(results string, machine *measure.Machine) (*partial, error) {
	file, err := os.Create(results + ".partial")
	if err != nil {
		return nil, err
	}
	out, err := measure.NewWriter(file, machine)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &partial{file, out}, nil
}

// add keeps a row. A nil partial keeps nothing.
func (p *partial) add(row measure.Row) error {
	if p == nil {
		return nil
	}
	return p.out.Write(row)
}

// done removes the file.
func (p *partial) done() error {
	if p == nil {
		return nil
	}
	return errors.Join(p.file.Close(), os.Remove(p.file.Name()))
}
