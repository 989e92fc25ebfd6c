package atomics_test

import (
	"math"
	"sync"
	"testing"

	"github.com/tandem-go/tandem/kernels/atomics"
)

// each runs f for 0 to 3999 on 4 goroutines at once.
func each(f func(i int32)) {
	var all sync.WaitGroup
	for w := range int32(4) {
		all.Go(func() {
			for i := range int32(1000) {
				f(4*i + w)
			}
		})
	}
	all.Wait()
}

// TestConcurrent has goroutines change one element at the same time: no change is
// lost.
func TestConcurrent(t *testing.T) {
	sum, least, most, bits, parity := int32(0), int32(math.MaxInt32), uint32(0), uint32(0), uint32(0)
	all, taken, last := int32(-1), int32(-1), int32(-1)
	seen := make([]int32, 4000)
	each(func(i int32) {
		seen[atomics.Add(&sum, 1)]++
		atomics.Min(&least, i-17)
		atomics.Max(&most, uint32(i))
		atomics.Or(&bits, uint32(i))
		atomics.Xor(&parity, uint32(i))
		atomics.And(&all, ^(i & 5))
		if atomics.CompareAndSwap(&taken, -1, i) == -1 {
			atomics.Exchange(&last, i)
		}
	})
	for i, n := range seen {
		if n != 1 {
			t.Fatalf("the old value %d was seen %d times", i, n)
		}
	}
	if sum != 4000 || least != -17 || most != 3999 || bits != 4095 || parity != 0 || all != ^5 || taken != last || taken < 0 {
		t.Error(sum, least, most, bits, parity, all, taken, last)
	}
}

// TestOldValues looks at what each operation returns, and wraps around.
func TestOldValues(t *testing.T) {
	v := int32(math.MaxInt32)
	for i, step := range []struct {
		change   func() int32
		want, is int32 // the old value, the new one
	}{
		{func() int32 { return atomics.Add(&v, 1) }, math.MaxInt32, math.MinInt32},
		{func() int32 { return atomics.Max(&v, -3) }, math.MinInt32, -3},
		{func() int32 { return atomics.Min(&v, 2) }, -3, -3},
		{func() int32 { return atomics.And(&v, 0xff) }, -3, 253},
		{func() int32 { return atomics.Or(&v, 2) }, 253, 255},
		{func() int32 { return atomics.Xor(&v, 1) }, 255, 254},
		{func() int32 { return atomics.Exchange(&v, 9) }, 254, 9},
		{func() int32 { return atomics.CompareAndSwap(&v, 8, 1) }, 9, 9},
		{func() int32 { return atomics.CompareAndSwap(&v, 9, 1) }, 9, 1},
	} {
		if was := step.change(); was != step.want || v != step.is {
			t.Errorf("step %d: was %d, want %d; is %d, want %d", i, was, step.want, v, step.is)
		}
	}
}
