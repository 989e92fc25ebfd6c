package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tandem-go/tandem/internal/kernelgen"
	"github.com/tandem-go/tandem/internal/kernelgen/random"
)

// folder is where the packages are written: they import internal ones.
const folder = "internal/kernelgen/random"

// testText compares the kernels of a package, with the tag cuda also their CUDA C, and
// has NVRTC compile that where TANDEM_NVRTC says where it is.
const (
	testText = `package fuzz

import (
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
)

func TestKernels(t *testing.T) { differential.Compare(t, %d, Cases) }

func TestCUDACompiles(t *testing.T) { differential.CUDACompiles(t, Cases) }
`
	cudaText = `//go:build cuda && linux && cgo

package fuzz

import (
	"os"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential/translated"
)

func TestMain(m *testing.M) { os.Exit(translated.Run(m, Cases)) }
`
)

// batch is a package of random kernels.
type batch struct {
	seed  uint64
	count int
	tags  string
}

// run writes the package, compiles and runs its test.
func (b batch) run(ctx context.Context) report {
	r := report{batch: b}
	dir, err := os.MkdirTemp(folder, "fuzz")
	if err != nil {
		r.err = err
		return r
	}
	defer os.RemoveAll(dir)
	if r.err = b.write(dir); r.err != nil {
		return r
	}
	// Vet would complain: random programs shift by too much and assign variables to
	// themselves.
	program := filepath.Join(dir, "fuzz.test")
	compile := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-w", "-tags", b.tags, "-o", program, "./"+dir)
	if r.output, r.err = compile.CombinedOutput(); r.err != nil {
		return r
	}
	test := exec.CommandContext(ctx, "./fuzz.test", "-test.v", "-test.timeout", "10m")
	test.Dir = dir
	r.output, r.err = test.CombinedOutput()
	r.devices = devices(r.output)
	r.compiled = bytes.Contains(r.output, []byte("--- PASS: TestCUDACompiles"))
	return r
}

func (b batch) write(dir string) error {
	kernels, cases, err := random.Package("fuzz", b.seed, b.count)
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{
		"random.go": kernels, "cases.go": cases,
		"random_test.go": fmt.Appendf(nil, testText, b.seed), "cuda_test.go": []byte(cudaText),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	if _, err = kernelgen.Write(dir); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n// Code generated") // what follows can be had again
		return errors.New(first)
	}
	return nil
}

var passed = regexp.MustCompile(`(?m)^ *--- PASS: TestKernels/(\S+)`)

// devices are those on which a test says that it passed.
func devices(output []byte) string {
	var list []string
	for _, m := range passed.FindAllSubmatch(output, -1) {
		list = append(list, string(m[1]))
	}
	return strings.Join(list, ", ")
}
