package histogram

import (
	"sync"

	"github.com/tandem-go/tandem/kernels"
)

// bins are the intervals: n of width 1/scale from lo on.
type bins[T kernels.Float] struct {
	n             int
	lo, hi, scale T
}

func newBins[T kernels.Float](n int, lo, hi T) bins[T] {
	return bins[T]{n: n, lo: lo, hi: hi, scale: T(n) / (hi - lo)}
}

// count adds to table what x has in each bin.
func count[T kernels.Float, N int | uint32](b bins[T], table []N, x []T) {
	lo, hi, scale := b.lo, b.hi, b.scale
	last := uint(len(table) - 1)
	for _, v := range x {
		if v >= lo && v <= hi {
			table[min(uint(int((v-lo)*scale)), last)]++
		}
	}
}

// block is how many elements a worker counts at least before it looks for others'.
const block = 1 << 12

// onWorkers adds to counts what the workers have counted, each in a table of its own.
func onWorkers[T kernels.Float](each func(n int, body func(lo, hi int)) error, b bins[T], counts []int, x []T) error {
	var (
		mu   sync.Mutex
		idle [][]int // nobody is counting in these
		all  [][]int
	)
	err := each((len(x)+block-1)/block, func(lo, hi int) {
		mu.Lock()
		var table []int
		if k := len(idle) - 1; k >= 0 {
			table, idle = idle[k], idle[:k]
		} else {
			table = make([]int, len(counts))
			all = append(all, table)
		}
		mu.Unlock()
		count(b, table, x[lo*block:min(hi*block, len(x))])
		mu.Lock()
		idle = append(idle, table)
		mu.Unlock()
	})
	if err != nil {
		return err
	}
	for _, table := range all {
		for k, c := range table {
			counts[k] += c
		}
	}
	return nil
}

// tablesOnHost is the kernel tables.
func tablesOnHost[T kernels.Float](c *kernels.Call) {
	rows, n := c.Int(0), c.Int(1)
	lo, hi, scale := scalar[T](c, 2), scalar[T](c, 3), scalar[T](c, 4)
	x, counts := kernels.Slice[T](c, 0), kernels.Slice[uint32](c, 1)
	clear(counts)
	for g := range c.Hi - c.Lo {
		mine := x[g*elements : min((g+1)*elements, len(x))]
		count(bins[T]{n: n, lo: lo, hi: hi, scale: scale}, counts[g*rows*group:][:n], mine)
	}
}

func scalar[T kernels.Float](c *kernels.Call, k int) T {
	if v := T(1) / 3; float64(v) != 1.0/3 {
		return T(c.Float32(k))
	}
	return T(c.Float64(k))
}
