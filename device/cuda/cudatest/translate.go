//go:build cuda && linux && cgo

package cudatest

// #cgo LDFLAGS: -rdynamic -ldl
// #include <dlfcn.h>
// #include <stdlib.h>
import "C"

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unsafe"
)

//go:embed *.hpp cudatest.h
var headers embed.FS

var macro = regexp.MustCompile(`(?m)^#define (\w+)`)

// Translate compiles CUDA C for the host while the test runs, and makes its kernels
// known to the driver, as TANDEM_HOST_KERNEL does for those that are compiled before:
// texts has the text of each, by the name of its one entry. The C++ compiler is $CXX,
// or g++; its files go to dir, which must last as long as the process.
func Translate(dir string, texts map[string]string) error {
	for _, name := range []string{"cuda_host.hpp", "cuda_host_types.hpp", "cuda_host_math.hpp", "cuda_host_atomics.hpp", "cudatest.h"} {
		b, err := headers.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o644)
		}
		if err != nil {
			return err
		}
	}
	var b strings.Builder
	b.WriteString("#include \"cuda_host.hpp\"\n")
	for _, entry := range slices.Sorted(maps.Keys(texts)) {
		fmt.Fprintf(&b, "namespace %s_text {\n%s\nTANDEM_HOST_KERNEL(%s)\n}\n", entry, texts[entry], entry)
		for _, m := range macro.FindAllStringSubmatch(texts[entry], -1) {
			fmt.Fprintf(&b, "#undef %s\n", m[1])
		}
	}
	source, object := filepath.Join(dir, "kernels.cc"), filepath.Join(dir, "kernels.so")
	if err := os.WriteFile(source, []byte(b.String()), 0o644); err != nil {
		return err
	}
	// -frounding-math: without it g++ 12 makes 0-x into -x where x is made of an unsigned
	// integer and cannot be -0, which is -0 if x is 0.
	cmd := exec.Command(cmp.Or(os.Getenv("CXX"), "g++"), "-std=c++17", "-O1", "-fno-exceptions", "-ffp-contract=off", "-frounding-math", "-shared", "-fPIC", "-I", dir, "-o", object, source)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cudatest: translating for the host: %w\n%s", err, out)
	}
	path := C.CString(object)
	defer C.free(unsafe.Pointer(path))
	if C.dlopen(path, C.RTLD_NOW) == nil {
		return errors.New("cudatest: " + C.GoString(C.dlerror()))
	}
	return nil
}

// PTX is what this driver reads of PTX: an entry with that many pointers and, behind
// them, a structure of nbytes bytes. It does nothing on a GPU.
func PTX(entry string, pointers, nbytes int) string {
	var params []string
	for i := range pointers {
		params = append(params, fmt.Sprintf("\t.param .u64 %s_param_%d", entry, i))
	}
	params = append(params, fmt.Sprintf("\t.param .align 4 .b8 %s_param_%d[%d]", entry, pointers, nbytes))
	return fmt.Sprintf(".version 7.0\n.target sm_52\n.address_size 64\n.visible .entry %s(\n%s\n)\n{\n\tret;\n}\n", entry, strings.Join(params, ",\n"))
}
