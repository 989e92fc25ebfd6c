//go:build ignore

// Command generate compiles kernels.cu with the NVRTC that TANDEM_NVRTC names,
// as make generate sets it: another version writes another text. Without it what
// is there stays.
package main

import (
	"fmt"
	"os"

	"github.com/tandem-go/tandem/device/cuda/internal/nvrtc"
)

func main() {
	if os.Getenv(nvrtc.EnvLibrary) == "" {
		fmt.Fprintln(os.Stderr, "testkernels/kernels.ptx stays as it is: no", nvrtc.EnvLibrary)
		return
	}
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "kernels.cu:", err)
		os.Exit(1)
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
