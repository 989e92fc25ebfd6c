package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/tandem-go/tandem/examples/internal/npy"
	"github.com/tandem-go/tandem/examples/internal/product"
)

// matrixFile is a .npy file of which the header has been read.
type matrixFile struct {
	npy.Header
	flag, path string
	file       *os.File
	rest       io.Reader
}

func openMatrix(flag, path string) (*matrixFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	r := bufio.NewReaderSize(f, 1<<16)
	h, err := npy.ReadHeader(r)
	if err != nil {
		_ = f.Close() // the first error says more
		return nil, fmt.Errorf("%s %s: %w", flag, path, err)
	}
	return &matrixFile{Header: h, flag: flag, path: path, file: f, rest: r}, nil
}

func elements[T product.Float](m *matrixFile) ([]T, error) {
	x, err := npy.ReadData[T](m.rest, m.Header)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", m.flag, m.path, err)
	}
	return x, nil
}

func multiplyFiles[T product.Float](ctx context.Context, j *job, a, b *matrixFile) error {
	p := &product.Problem[T]{M: a.Rows, N: b.Cols, K: a.Cols}
	var err error
	if p.A, err = elements[T](a); err != nil {
		return err
	}
	if p.B, err = elements[T](b); err != nil {
		return err
	}
	return multiply(ctx, j, p)
}
