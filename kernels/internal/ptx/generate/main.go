// Command generate compiles the CUDA C of the built-in kernels to PTX, with NVRTC,
// and packs it into an archive. No GPU is needed. Kernels whose text has not
// changed keep their PTX, so that it needs no compiler either where nothing has.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tandem-go/tandem/kernels/internal/operations"
	"github.com/tandem-go/tandem/kernels/internal/ptx"
)

// options are NVRTC's. Products are fused with sums where a text says so, and
// nowhere else: what is documented to be identical on all devices stays so.
var options = []string{"--gpu-architecture=compute_52", "--fmad=false", "--std=c++14"}

const usage = `Generate compiles the CUDA C of the built-in kernels to PTX and packs it.

  generate ARCHIVE                  what go generate does, in folder kernels
  generate -check ARCHIVE           compile all, and compare with the archive
  generate -assemble PTXAS ARCHIVE  assemble the archive for several GPUs

TANDEM_NVRTC is the path of NVIDIA's runtime compiler. If it is not set, build/cuda.sh
fetches the version that all PTX of the archive is made with.
`

func main() {
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	check := flag.Bool("check", false, "compile all, and compare with the archive")
	ptxas := flag.String("assemble", "", "assemble the archive with this `PTXAS`")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	var err error
	switch name := flag.Arg(0); {
	case *ptxas != "":
		err = assemble(*ptxas, name)
	default:
		err = generate(name, *check)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes the archive anew unless all of it is fresh. A check writes
// nothing.
func generate(name string, check bool) error {
	old, err := unpack(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	texts := map[string]string{}
	stale := map[string]string{} // sources
	for _, k := range operations.Kernels() {
		source := k.CUDAText()
		if texts[k.Name] = old[k.Name]; check || !ptx.Fresh(old[k.Name], source) {
			stale[k.Name] = source
		}
	}
	compiled, err := compile(stale)
	if err != nil {
		return err
	}
	maps.Copy(texts, compiled)
	if maps.Equal(texts, old) {
		return nil
	}
	if check {
		return fmt.Errorf("%s is not what its texts compile to: %s", name, differing(texts, old))
	}
	packed, err := ptx.Pack(texts)
	if err != nil {
		return err
	}
	return os.WriteFile(name, packed, 0o644)
}

func unpack(name string) (map[string]string, error) {
	packed, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return ptx.Unpack(packed)
}

// differing names the kernels that the two sets do not have alike.
func differing(a, b map[string]string) string {
	var names []string
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if a[k] != b[k] {
			names = append(names, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[k]; !ok {
			names = append(names, k)
		}
	}
	return strings.Join(names, ", ")
}

// compile translates the sources, by name of their kernels.
func compile(sources map[string]string) (map[string]string, error) {
	if len(sources) == 0 {
		return nil, nil
	}
	nvrtc, err := library()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tandem-ptx")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	args := append([]string{"run", "-tags", "cuda", "github.com/tandem-go/tandem/device/cuda/internal/nvrtc/compile", "-o", dir}, options...)
	args = append(args, "--")
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		file := filepath.Join(dir, name+".cu")
		if err := os.WriteFile(file, []byte(sources[name]), 0o644); err != nil {
			return nil, err
		}
		args = append(args, file)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "TANDEM_NVRTC="+nvrtc)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compiling: %w\n%s", err, out)
	}
	texts := map[string]string{}
	for name, source := range sources {
		text, err := os.ReadFile(filepath.Join(dir, name+".ptx"))
		if err != nil {
			return nil, err
		}
		texts[name] = ptx.Stamp(source) + string(text)
	}
	return texts, nil
}

// library is the path of NVRTC.
func library() (string, error) {
	if path := os.Getenv("TANDEM_NVRTC"); path != "" {
		return path, nil
	}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("looking for the module: %w", err)
	}
	cmd := exec.Command("sh", filepath.Join(string(bytes.TrimSpace(root)), "build", "cuda.sh"), "nvrtc")
	cmd.Stderr = os.Stderr
	path, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("texts of kernels have changed, and there is no NVRTC to compile them: %w", err)
	}
	return string(bytes.TrimSpace(path)), nil
}

// targets are the oldest GPUs that the PTX is for, and one of each later
// generation that is in wide use.
var targets = []string{"sm_52", "sm_70", "sm_80", "sm_90"}

// assemble translates the archive to machine code, which is thrown away. A kernel
// may keep nothing in local memory: neither what has no register left nor arrays
// that the compiler could not take apart.
func assemble(ptxas, archive string) error {
	texts, err := unpack(archive)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tandem-ptx")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		file := filepath.Join(dir, name+".ptx")
		if err := os.WriteFile(file, []byte(texts[name]), 0o644); err != nil {
			return err
		}
		for _, target := range targets {
			out, err := exec.Command(ptxas, "-v", "-arch="+target, "-o", os.DevNull, file).CombinedOutput()
			switch {
			case err != nil:
				errs = append(errs, fmt.Errorf("%s for %s: %w\n%s", name, target, err, out))
			case !bytes.Contains(out, []byte(" 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads")):
				errs = append(errs, fmt.Errorf("%s for %s uses local memory:\n%s", name, target, out))
			}
		}
	}
	if len(errs) == 0 {
		fmt.Printf("%d kernels assembled for %s, without local memory\n", len(texts), strings.Join(targets, ", "))
	}
	return errors.Join(errs...)
}
