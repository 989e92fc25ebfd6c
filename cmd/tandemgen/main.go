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
	"fmt"
	"os"

	"github.com/tandem-go/tandem/internal/kernelgen"
)

func main() {
	dirs := os.Args[1:]
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
