//go:build cuda && linux && cgo

// Compile turns CUDA C into PTX: OPTIONS are NVRTC's.
//
//	go run -tags cuda ./device/cuda/internal/nvrtc/compile [-o DIR] OPTIONS -- FILE.cu ...
//
// FILE.cu becomes FILE.ptx beside it, or in DIR; the file - is read from the
// standard input and written to the standard output.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tandem-go/tandem/device/cuda/internal/nvrtc"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	dir := ""
	if len(args) >= 2 && args[0] == "-o" {
		dir, args = args[1], args[2:]
	}
	end := slices.Index(args, "--")
	if end < 0 || end+1 == len(args) {
		return fmt.Errorf("no files: want [-o DIR] OPTIONS -- FILES")
	}
	for _, file := range args[end+1:] {
		if err := compile(file, dir, args[:end]); err != nil {
			return err
		}
	}
	return nil
}

func compile(file, dir string, options []string) error {
	if file == "-" {
		source, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		out, err := nvrtc.Compile(string(source), "standard input", options...)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(out.PTX)
		return err
	}
	source, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	out, err := nvrtc.Compile(string(source), filepath.Base(file), options...)
	if err != nil {
		return err
	}
	if dir == "" {
		dir = filepath.Dir(file)
	}
	base, _ := strings.CutSuffix(filepath.Base(file), ".cu")
	return os.WriteFile(filepath.Join(dir, base+".ptx"), out.PTX, 0o644)
}
