// Package npy reads and writes matrices as NumPy's .npy files (NumPy
// Enhancement Proposal 1: a simple file format for NumPy arrays).
//
// It takes what the examples need, matrices of float32 or float64 stored by
// rows, and says of everything else why it is not that. A file that is not what
// its header claims is an error, however it is broken, and costs no more memory
// than the file has bytes.
package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// ErrFormat is wrapped where a file is no .npy file, or a broken one.
var ErrFormat = errors.New("not a valid .npy file")

// ErrUnsupported is wrapped where a file holds something else than a matrix of
// float32 or float64 stored by rows.
var ErrUnsupported = errors.New("want a float32 or float64 matrix in C order")

const magic = "\x93NUMPY"

// maxHeader bounds what is read before anything is known to be right.
const maxHeader = 1 << 16

// Header describes the matrix in a file.
type Header struct {
	Rows, Cols int
	Size       int // bytes of an element: 4 for float32, 8 for float64
	order      binary.ByteOrder
}

// TypeName is the elements' type as Go calls it.
func (h Header) TypeName() string { return "float" + strconv.Itoa(8*h.Size) }

var (
	descrKey   = regexp.MustCompile(`['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))`)
	fortranKey = regexp.MustCompile(`['"]fortran_order['"]\s*:\s*(True|False)`)
	shapeKey   = regexp.MustCompile(`['"]shape['"]\s*:\s*\(([^()]*)\)`)
)

// ReadHeader reads up to where the elements begin.
func ReadHeader(r io.Reader) (Header, error) {
	text, err := headerText(r)
	if err != nil {
		return Header{}, err
	}
	descr, fortran, shape := descrKey.FindStringSubmatch(text), fortranKey.FindStringSubmatch(text), shapeKey.FindStringSubmatch(text)
	if descr == nil || fortran == nil || shape == nil {
		return Header{}, fmt.Errorf("%w: the header lacks descr, fortran_order or shape", ErrFormat)
	}
	var h Header
	if h.Size, h.order, err = element(descr[1]); err != nil {
		return Header{}, err
	}
	if fortran[1] == "True" {
		return Header{}, fmt.Errorf("%w: it is stored in Fortran order (numpy.ascontiguousarray changes that)", ErrUnsupported)
	}
	return h, h.setShape(shape[1])
}

func headerText(r io.Reader) (string, error) {
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil || string(start[:6]) != magic {
		return "", fmt.Errorf("%w: it does not begin like one", ErrFormat)
	}
	var size [4]byte
	field := size[:2]
	if version := start[6]; version == 2 || version == 3 {
		field = size[:]
	} else if version != 1 {
		return "", fmt.Errorf("%w: version %d is unknown", ErrFormat, version)
	}
	if _, err := io.ReadFull(r, field); err != nil {
		return "", fmt.Errorf("%w: it ends in the header", ErrFormat)
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxHeader {
		return "", fmt.Errorf("%w: a header of %d bytes", ErrFormat, n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", fmt.Errorf("%w: it ends in the header", ErrFormat)
	}
	return string(text), nil
}

func element(descr string) (size int, order binary.ByteOrder, err error) {
	switch descr {
	case "<f4":
		return 4, binary.LittleEndian, nil
	case "<f8":
		return 8, binary.LittleEndian, nil
	case ">f4":
		return 4, binary.BigEndian, nil
	case ">f8":
		return 8, binary.BigEndian, nil
	case "":
		descr = "a structure"
	}
	return 0, nil, fmt.Errorf("%w: its elements are %s", ErrUnsupported, descr)
}

func (h *Header) setShape(text string) error {
	var dims []int
	for _, field := range strings.Split(text, ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.Atoi(field)
		if err != nil || n < 0 {
			return fmt.Errorf("%w: a shape of (%s)", ErrFormat, text)
		}
		dims = append(dims, n)
	}
	if len(dims) != 2 {
		return fmt.Errorf("%w: its shape is (%s)", ErrUnsupported, text)
	}
	h.Rows, h.Cols = dims[0], dims[1]
	if h.Cols > 0 && h.Rows > math.MaxInt/h.Size/h.Cols {
		return fmt.Errorf("%w: a shape of (%s)", ErrFormat, text)
	}
	return nil
}
