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
	for i, step := range []struct{ was, want, now, is int32 }{
		{atomics.Add(&v, 1), math.MaxInt32, v, math.MinInt32},
		{atomics.Max(&v, -3), math.MinInt32, v, -3},
		{atomics.Min(&v, 2), -3, v, -3},
		{atomics.And(&v, 0xff), -3, v, 253},
		{atomics.Or(&v, 2), 253, v, 255},
		{atomics.Xor(&v, 1), 255, v, 254},
		{atomics.Exchange(&v, 9), 254, v, 9},
		{atomics.CompareAndSwap(&v, 8, 1), 9, v, 9},
		{atomics.CompareAndSwap(&v, 9, 1), 9, v, 1},
	} {
		if step.was != step.want || step.now != step.is {
			t.Errorf("step %d: was %d, want %d; is %d, want %d", i, step.was, step.want, step.now, step.is)
		}
	}
}
