// Tandemgen writes what kernels are on devices: for every function of a package
// that is marked //tandem:kernel, a constructor of launches, the Go loop for CPU
// workers, GLSL and CUDA C. A file with such functions says
//
//	//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen
//
// and `go generate` writes name_kernel.go beside name.go. The language is
// described in docs/kernels.md.
//
// Usage: tandemgen [folder...], the current one by default.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/tandem-go/tandem/internal/kernelgen"
)

const usage = `Usage: tandemgen [folder...]

Tandemgen writes name_kernel.go beside every name.go of the folders, by default of
the current one, that has functions marked //tandem:kernel: constructors of their
launches on CPU workers, OpenGL and CUDA devices. docs/kernels.md describes the
language. A file with kernels says

	//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen
`

func main() {
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	flag.Parse()
	dirs := flag.Args()
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	for _, dir := range dirs {
		if _, err := kernelgen.Write(dir); err != nil {
			var refusals kernelgen.Refusals
			if !errors.As(err, &refusals) {
				err = fmt.Errorf("tandemgen: %w", err)
			}
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
