package montecarlo

import "golang.org/x/sys/cpu"

// fast tells whether beyond points are counted by the vector units. It is set once.
var fast = cpu.X86.HasAVX2

//go:noescape
func beyondAVX2(keys *[rounds][2]uint64, i, batch uint64, n int) uint64

// manyBeyond counts which of n points, a multiple of pointsAtOnce, are outside of the
// circle, of the numbers at the counters (i, k, batch, 0) for each even k below n.
func manyBeyond(keys *[rounds][2]uint64, i, batch uint64, n int) uint64 {
	if !fast {
		return manyBeyondGo(keys, i, batch, n)
	}
	return beyondAVX2(keys, i, batch, n)
}
