//go:build ignore

// Command generate compiles kernels.cu. A machine without NVRTC keeps what is
// there.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/tandem-go/tandem/device/cuda/internal/nvrtc"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "kernels.cu:", err)
		if !errors.Is(err, nvrtc.ErrNoLibrary) {
			os.Exit(1)
		}
	}
}

func generate() error {
	text, err := os.ReadFile("kernels.cu")
	if err != nil {
		return err
	}
	out, err := nvrtc.Compile(string(text), "kernels.cu", "--gpu-architecture=compute_52", "--fmad=false")
	if err != nil {
		return err
	}
	return os.WriteFile("kernels.ptx", out.PTX, 0o644)
}
