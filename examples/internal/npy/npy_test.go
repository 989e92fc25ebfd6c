package npy_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/npy"
)

// file is a file of version 1 with the given header and elements.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	return append(append(b, header...), data...)
}

func head(descr, fortran, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", descr, fortran, shape)
}

func read[T float32 | float64](b []byte) (npy.Header, []T, error) {
	r := bytes.NewReader(b)
	h, err := npy.ReadHeader(r)
	if err != nil {
		return h, nil, err
	}
	data, err := npy.ReadData[T](r, h)
	return h, data, err
}

func roundTrip[T float32 | float64](t *testing.T, rows, cols int) {
	t.Helper()
	data := make([]T, rows*cols)
	for i := range data {
		data[i] = T(i) / 3
	}
	if len(data) > 2 {
		data[1], data[2] = T(math.Inf(-1)), T(math.Copysign(0, -1))
	}
	var b bytes.Buffer
	if err := npy.Write(&b, rows, cols, data); err != nil {
		t.Fatal(err)
	}
	h, got, err := read[T](b.Bytes())
	if err != nil || h.Rows != rows || h.Cols != cols || !slices.Equal(got, data) {
		t.Errorf("%d×%d came back as %d×%d, %v", rows, cols, h.Rows, h.Cols, err)
	}
	if at := b.Len() - len(data)*h.Size; at%64 != 0 {
		t.Errorf("the elements begin at byte %d", at)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, c := range [][2]int{{0, 0}, {0, 5}, {1, 1}, {7, 3}, {130, 129}, {1, 16384}, {3, 16385}} {
		roundTrip[float32](t, c[0], c[1])
		roundTrip[float64](t, c[0], c[1])
	}
}

func TestBothByteOrders(t *testing.T) {
	for _, descr := range []string{"<f4", ">f4"} {
		one := []byte{0, 0, 0x80, 0x3f}
		if descr == ">f4" {
			slices.Reverse(one)
		}
		_, got, err := read[float32](file(head(descr, "False", "(1, 1)"), one...))
		if err != nil || !slices.Equal(got, []float32{1}) {
			t.Errorf("%s: %v, %v", descr, got, err)
		}
	}
}

func TestKeysInAnyOrder(t *testing.T) {
	_, got, err := read[float32](file(`{"shape":(1,1),"descr":"<f4","fortran_order":False}`, 0, 0, 0, 0))
	if err != nil || !slices.Equal(got, []float32{0}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBrokenFiles(t *testing.T) {
	four := make([]byte, 4)
	for _, c := range []struct {
		file []byte
		want error
		text string
	}{
		{nil, npy.ErrFormat, "begin"},
		{[]byte("\x89PNG\r\n\x1a\nand more"), npy.ErrFormat, "begin"},
		{[]byte("\x93NUMPY\x01"), npy.ErrFormat, "begin"},
		{[]byte("\x93NUMPY\x09\x00aaaa"), npy.ErrFormat, "version 9"},
		{[]byte("\x93NUMPY\x01\x00\x40"), npy.ErrFormat, "ends in the header"},
		{[]byte("\x93NUMPY\x01\x00\x40\x00{"), npy.ErrFormat, "ends in the header"},
		{[]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff{"), npy.ErrFormat, "a header of"},
		{file("{}\n"), npy.ErrFormat, "lacks"},
		{file(head("<f4", "False", "(1, -1)")), npy.ErrFormat, "(1, -1)"},
		{file(head("<f4", "False", "(4611686018427387904, 4)")), npy.ErrFormat, "shape"},
		{file(head("<f4", "False", "(99999999999999999999, 1)")), npy.ErrFormat, "shape"},
		{file(head("<f4", "False", "(1000000, 1000000)"), four...), npy.ErrFormat, "ends before"},
		{file(head("<f4", "False", "(1, 2)"), four...), npy.ErrFormat, "ends before"},
		{file(head("<f4", "False", "(1, 1)"), 0, 0, 0, 0, 0), npy.ErrFormat, "goes on"},
		{file(head("<i4", "False", "(1, 1)"), four...), npy.ErrUnsupported, "<i4"},
		{file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1), }", four...), npy.ErrUnsupported, "structure"},
		{file(head("<f8", "False", "(1, 1)"), 0, 0, 0, 0, 0, 0, 0, 0), npy.ErrUnsupported, "8 bytes"},
		{file(head("<f4", "True", "(1, 1)"), four...), npy.ErrUnsupported, "Fortran"},
		{file(head("<f4", "False", "(1,)"), four...), npy.ErrUnsupported, "(1,)"},
		{file(head("<f4", "False", "()"), four...), npy.ErrUnsupported, "()"},
		{file(head("<f4", "False", "(1, 1, 1)"), four...), npy.ErrUnsupported, "(1, 1, 1)"},
	} {
		_, _, err := read[float32](c.file)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%q: %v, want %v with %q", c.file, err, c.want, c.text)
		}
	}
}

// FuzzRead holds that whatever can be read is written and read as the same.
func FuzzRead(f *testing.F) {
	f.Add(file(head("<f4", "False", "(1, 2)"), 1, 2, 3, 4, 5, 6, 7, 8))
	f.Add(file(head(">f4", "False", "(0, 2)")))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, data, err := read[float32](b)
		if err != nil {
			if !errors.Is(err, npy.ErrFormat) && !errors.Is(err, npy.ErrUnsupported) {
				t.Fatalf("%v is neither error of this package", err)
			}
			return
		}
		var out bytes.Buffer
		if err := npy.Write(&out, h.Rows, h.Cols, data); err != nil {
			t.Fatal(err)
		}
		_, again, err := read[float32](out.Bytes())
		same := func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }
		if err != nil || !slices.EqualFunc(again, data, same) {
			t.Fatalf("%v became %v, %v", data, again, err)
		}
	})
}
