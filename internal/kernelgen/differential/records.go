package differential

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"unsafe"

	"github.com/tandem-go/tandem/residency"
)

// Records draws n structures or arrays of random numbers.
func Records[T any](rng *rand.Rand, n int) []T {
	x, numbers := make([]T, n), numbersOf(reflect.TypeFor[T](), 0)
	for i := range x {
		for _, of := range numbers {
			of.draw(rng, unsafe.Add(unsafe.Pointer(&x[i]), of.offset))
		}
	}
	return x
}

// number is one of a structure or an array, a field without capital letter among them.
type number struct {
	offset uintptr
	draw   func(rng *rand.Rand, at unsafe.Pointer)
}

func numbersOf(t reflect.Type, offset uintptr) (all []number) {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			all = append(all, numbersOf(f.Type, offset+f.Offset)...)
		}
		return all
	case reflect.Array:
		for i := range t.Len() {
			all = append(all, numbersOf(t.Elem(), offset+uintptr(i)*t.Elem().Size())...)
		}
		return all
	}
	return []number{{offset, draws[t.Kind()]}}
}

var draws = map[reflect.Kind]func(rng *rand.Rand, at unsafe.Pointer){
	reflect.Float32: draw[float32], reflect.Float64: draw[float64],
	reflect.Int32: draw[int32], reflect.Uint32: draw[uint32],
	reflect.Int64: draw[int64], reflect.Uint64: draw[uint64],
}

func draw[T residency.Element](rng *rand.Rand, at unsafe.Pointer) { *(*T)(at) = Number[T](rng) }

// ExpectRecords is [Expect] of structures or arrays. All NaN are alike, zeros are told
// apart.
func ExpectRecords[T any](name string, got, want []T) Outcome {
	return recordsOutcome[T]{name, got, want}
}

type recordsOutcome[T any] struct {
	name      string
	got, want []T
}

func (o recordsOutcome[T]) compare() error {
	if len(o.got) != len(o.want) {
		return fmt.Errorf("%s has %d elements, want %d", o.name, len(o.got), len(o.want))
	}
	for i := range o.got {
		if bytes.Equal(bytesOf(&o.got[i]), bytesOf(&o.want[i])) {
			continue
		}
		// Printed numbers differ where numbers do, but for the bits of NaN.
		if got, want := fmt.Sprintf("%+v", o.got[i]), fmt.Sprintf("%+v", o.want[i]); got != want {
			return fmt.Errorf("%s[%d] is %s, want %s", o.name, i, got, want)
		}
	}
	return nil
}

func bytesOf[T any](v *T) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)) }
