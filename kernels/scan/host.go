package scan

import "github.com/tandem-go/tandem/kernels"

// integer reports whether T's sums are the same in any order.
func integer[T Number]() bool {
	half := 0.5
	return T(half) == 0
}

// serial is the scan on this goroutine, from what is before, as the passes have it:
// block by block.
func serial[T Number](dst, src []T, before T, exclusive bool) {
	if integer[T]() {
		straight(dst, src, before, exclusive)
		return
	}
	for len(src) > 0 {
		n := min(block, len(src))
		before += one(dst[:n], src[:n], before, exclusive)
		dst, src = dst[n:], src[n:]
	}
}

// straight adds up from the first element to the last, four a turn: of 16 elements the
// loop's own instructions would be half of all.
func straight[T Number](dst, src []T, sum T, exclusive bool) {
	dst = dst[:len(src)]
	if exclusive {
		for ; len(src) >= 4 && len(dst) >= 4; dst, src = dst[4:], src[4:] {
			x, y := [4]T(src), (*[4]T)(dst) // y may be where x was
			y[0] = sum
			y[1] = sum + x[0]
			y[2] = y[1] + x[1]
			y[3] = y[2] + x[2]
			sum = y[3] + x[3]
		}
		for i, v := range src {
			dst[i] = sum
			sum += v
		}
		return
	}
	for ; len(src) >= 4 && len(dst) >= 4; dst, src = dst[4:], src[4:] {
		x, y := (*[4]T)(src), (*[4]T)(dst)
		s0 := sum + x[0]
		s1 := s0 + x[1]
		s2 := s1 + x[2]
		sum = s2 + x[3]
		y[0], y[1], y[2], y[3] = s0, s1, s2, sum
	}
	for i, v := range src {
		sum += v
		dst[i] = sum
	}
}

// one scans a block, or less, and returns its sum: sums of runs, of rows of runs, and of
// rows, each in their order. Sums of different runs don't wait for each other, so that a
// processor adds up several at once. A sum is never -0, so that adding it to a 0 changes
// nothing.
func one[T Number](dst, src []T, before T, exclusive bool) T {
	above := T(0)
	for len(src) > 0 {
		n := min(row*run, len(src))
		above += oneRow(dst[:n], src[:n], before, above, exclusive)
		dst, src = dst[n:], src[n:]
	}
	return above
}

// oneRow scans a row, or less, of a block in which above is the sum of rows before.
func oneRow[T Number](dst, src []T, before, above T, exclusive bool) T {
	left := T(0)
	for ; len(src) >= run && len(dst) >= run; dst, src = dst[run:], src[run:] {
		x, y, base := (*[run]T)(src), (*[run]T)(dst), before+(above+left)
		sum := T(0)
		if exclusive {
			for i, v := range x {
				y[i] = base + sum
				sum += v
			}
		} else {
			for i, v := range x {
				sum += v
				y[i] = base + sum
			}
		}
		left += sum
	}
	base, sum := before+(above+left), T(0)
	for i, v := range src {
		if exclusive {
			dst[i] = base + sum
			sum += v
		} else {
			sum += v
			dst[i] = base + sum
		}
	}
	return left + sum
}

// total is the sum of a block, in the order of one.
func total[T Number](x []T) T {
	all := T(0)
	for ; len(x) >= row*run; x = x[row*run:] {
		left := T(0)
		for r := range row {
			sum := T(0)
			for _, v := range (*[run]T)(x[r*run:]) {
				sum += v
			}
			left += sum
		}
		all += left
	}
	return all
}

// totals are the sums of blocks.
func totals[T Number](sums, x []T) {
	for i := range sums {
		sums[i] = total(x[i*block:][:block])
	}
}

// scans scans blocks, each from what is before it.
func scans[T Number](y, x, before []T, exclusive bool) {
	for i, b := range before {
		if at := i * block; integer[T]() {
			straight(y[at:][:block], x[at:][:block], b, exclusive)
		} else {
			one(y[at:][:block], x[at:][:block], b, exclusive)
		}
	}
}

// onWorkers is both passes over the whole blocks, and the rest on this goroutine.
func onWorkers[T Number](each func(n int, body func(lo, hi int)) error, dst, src []T, exclusive bool) error {
	whole := len(src) / block * block
	sums := make([]T, whole/block)
	if err := each(len(sums), func(lo, hi int) { totals(sums[lo:hi], src[lo*block:hi*block]) }); err != nil {
		return err
	}
	total := carry(sums)
	if err := each(len(sums), func(lo, hi int) {
		scans(dst[lo*block:hi*block], src[lo*block:hi*block], sums[lo:hi], exclusive)
	}); err != nil {
		return err
	}
	serial(dst[whole:], src[whole:], total, exclusive)
	return nil
}

// addUpOnHost is addUp for blocks of a launch.
func addUpOnHost[T Number](c *kernels.Call) {
	n := c.Hi - c.Lo
	x, sums := kernels.Slice[T](c, 0)[c.Lo*block-c.Base(0):], kernels.Slice[T](c, 1)[c.Lo-c.Base(1):]
	totals(sums[:n], x[:n*block])
}

// addOnOnHost is addOn for blocks of a launch.
func addOnOnHost[T Number](c *kernels.Call) {
	n := c.Hi - c.Lo
	before := kernels.Slice[T](c, 0)[c.Lo-c.Base(0):]
	x, y := kernels.Slice[T](c, 1)[c.Lo*block-c.Base(1):], kernels.Slice[T](c, 2)[c.Lo*block-c.Base(2):]
	scans(y[:n*block], x[:n*block], before[:n], c.Uint(0) != 0)
}
