package devicetest

import (
	"math"
	"time"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// slowness is how long the Slow program of [GoPrograms] takes.
const slowness = 30 * time.Millisecond

// GoPrograms are the suite's kernels for devices that take Go functions.
func GoPrograms() Programs {
	program := func(name string, buffers, words int, f func(device.HostCall)) device.Source {
		return device.Source{Name: name, Language: device.Go, Func: f, Buffers: buffers, Scalars: words}
	}
	return Programs{
		Fill: program("fill", 1, 3, func(c device.HostCall) {
			out := int32s(c.Buffers[0])[c.Scalars[1]:][:c.Scalars[0]]
			for i := range out {
				out[i] = int32(c.Scalars[2]) + int32(i)
			}
		}),
		Copy: program("copy", 2, 1, func(c device.HostCall) {
			n := c.Scalars[0]
			copy(int32s(c.Buffers[1])[:n], int32s(c.Buffers[0])[:n])
		}),
		Affine: program("affine", 1, 3, func(c device.HostCall) {
			x := int32s(c.Buffers[0])[:c.Scalars[0]]
			for i := range x {
				x[i] = x[i]*int32(c.Scalars[1]) + int32(c.Scalars[2])
			}
		}),
		Scale: program("scale", 1, 3, func(c device.HostCall) {
			a := math.Float64frombits(uint64(c.Scalars[1]) | uint64(c.Scalars[2])<<32)
			x := float64s(c.Buffers[0])[:c.Scalars[0]]
			for i := range x {
				x[i] *= a
			}
		}),
		Slow: program("slow", 1, 1, func(c device.HostCall) {
			time.Sleep(slowness)
			int32s(c.Buffers[0])[0] = int32(c.Scalars[0])
		}),
		Broken:    device.Source{Name: "broken", Language: device.Go},
		BrokenLog: "function",
		Failing:   program("failing", 0, 0, func(device.HostCall) { panic("this program always fails") }),
	}
}

// int32s is b as the numbers it holds. HostCall promises the alignment.
func int32s(b []byte) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

func float64s(b []byte) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8)
}

// bytesOf is the memory of v.
func bytesOf[T int32 | float64](v []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(zero)))
}
