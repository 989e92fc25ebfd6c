// Write writes a package of random kernels into a folder.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tandem-go/tandem/internal/kernelgen/random"
)

func main() {
	seed := flag.Uint64("seed", 1, "of the random kernels")
	count := flag.Int("count", 50, "how many")
	flag.Parse()
	if err := write(flag.Arg(0), *seed, *count); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string, seed uint64, count int) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(abs, 0o777); err != nil {
		return err
	}
	kernels, cases, err := random.Package(filepath.Base(abs), seed, count)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(abs, "random.go"), kernels, 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(abs, "cases.go"), cases, 0o666)
}
