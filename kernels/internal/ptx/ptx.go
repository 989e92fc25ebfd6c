// Package ptx has the PTX of the built-in kernels, compiled ahead from their CUDA
// C: a device whose driver knows PTX 7.8 (CUDA 11.8) needs no compiler. It is for
// compute capability 5.2, which every GPU from Maxwell on runs.
//
// The archive is written by the command generate. Each text in it begins with the
// hash of the source it was compiled from, so that a test can tell without a
// compiler whether it still is that source's.
package ptx

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Deflated, the archive is a fifth of the texts.
//
//go:embed ptx.zip
var archive []byte

// Text is the PTX of a built-in kernel, or "" if the archive has none.
func Text(kernel string) string {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return ""
	}
	f, err := r.Open(kernel + extension)
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return ""
	}
	return string(text)
}

const extension = ".ptx"

// Unpack is the PTX of each kernel of an archive.
func Unpack(archive []byte) (map[string]string, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		texts[strings.TrimSuffix(f.Name, extension)] = string(text)
	}
	return texts, nil
}

// Pack makes an archive of the PTX of each kernel.
func Pack(texts map[string]string) ([]byte, error) {
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		f, err := w.Create(name + extension) // without a time
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(f, texts[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// Stamp is the first line of the PTX of the given CUDA C.
func Stamp(source string) string {
	return fmt.Sprintf("// Compiled from source with SHA-256 %x.\n", sha256.Sum256([]byte(source)))
}

// Fresh reports whether the PTX was compiled from the given CUDA C.
func Fresh(text, source string) bool { return strings.HasPrefix(text, Stamp(source)) }
