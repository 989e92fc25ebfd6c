package scan

// serial is the scan on this goroutine, from what is before: four blocks at a time,
// whose sums don't wait for each other, and then one after the other.
func serial[T Number](dst, src []T, before T, exclusive bool) {
	for ; len(src) >= 4*block; dst, src = dst[4*block:], src[4*block:] {
		var sums [4]T
		four(sums[:], src[:4*block])
		for i, v := range sums {
			sums[i] = before
			before += v
		}
		fourOn(dst[:4*block], src[:4*block], sums[:], exclusive)
	}
	for len(src) > 0 {
		n := min(block, len(src))
		before += one(dst[:n], src[:n], before, exclusive)
		dst, src = dst[n:], src[n:]
	}
}

// one scans a block, or less, and returns its sum. A sum is never -0, so that adding it
// to a 0 changes nothing.
func one[T Number](dst, src []T, before T, exclusive bool) T {
	dst = dst[:len(src)]
	sum := T(0)
	switch {
	case exclusive:
		for i, v := range src {
			dst[i] = before + sum
			sum += v
		}
	case before == 0:
		for i, v := range src {
			sum += v
			dst[i] = sum
		}
	default:
		// By fours, the additions of before fall beside those that the sum waits for.
		for ; len(src) >= 4 && len(dst) >= 4; dst, src = dst[4:], src[4:] {
			a := sum + src[0]
			b := a + src[1]
			c := b + src[2]
			sum = c + src[3]
			dst[0], dst[1], dst[2], dst[3] = before+a, before+b, before+c, before+sum
		}
		for i, v := range src {
			sum += v
			dst[i] = before + sum
		}
	}
	return sum
}

// onWorkers is both passes over the whole blocks, and the rest on this goroutine.
func onWorkers[T Number](each func(n int, body func(lo, hi int)) error, dst, src []T, exclusive bool) error {
	whole := len(src) / block * block
	sums := make([]T, whole/block)
	if err := each(len(sums), func(lo, hi int) {
		for ; lo+4 <= hi; lo += 4 {
			four(sums[lo:][:4], src[lo*block:][:4*block])
		}
		for ; lo < hi; lo++ {
			sum := T(0)
			for _, v := range src[lo*block:][:block] {
				sum += v
			}
			sums[lo] = sum
		}
	}); err != nil {
		return err
	}
	total := carry(sums)
	if err := each(len(sums), func(lo, hi int) {
		for ; lo+4 <= hi; lo += 4 {
			fourOn(dst[lo*block:][:4*block], src[lo*block:][:4*block], sums[lo:][:4], exclusive)
		}
		for ; lo < hi; lo++ {
			one(dst[lo*block:][:block], src[lo*block:][:block], sums[lo], exclusive)
		}
	}); err != nil {
		return err
	}
	serial(dst[whole:], src[whole:], total, exclusive)
	return nil
}

// four adds up four blocks at once: an addition waits for the one before it in its
// block, not for those of the others.
func four[T Number](sums, x []T) {
	x0, x1, x2, x3 := x[:block], x[block:][:block], x[2*block:][:block], x[3*block:][:block]
	var s0, s1, s2, s3 T
	for i := range block {
		s0 += x0[i]
		s1 += x1[i]
		s2 += x2[i]
		s3 += x3[i]
	}
	sums[0], sums[1], sums[2], sums[3] = s0, s1, s2, s3
}

// fourOn scans four blocks at once.
func fourOn[T Number](y, x, before []T, exclusive bool) {
	x0, x1, x2, x3 := x[:block], x[block:][:block], x[2*block:][:block], x[3*block:][:block]
	y0, y1, y2, y3 := y[:block], y[block:][:block], y[2*block:][:block], y[3*block:][:block]
	b0, b1, b2, b3 := before[0], before[1], before[2], before[3]
	var s0, s1, s2, s3 T
	if exclusive {
		for i := range block {
			v0, v1, v2, v3 := x0[i], x1[i], x2[i], x3[i]
			y0[i], y1[i], y2[i], y3[i] = b0+s0, b1+s1, b2+s2, b3+s3
			s0 += v0
			s1 += v1
			s2 += v2
			s3 += v3
		}
		return
	}
	for i := range block {
		s0 += x0[i]
		s1 += x1[i]
		s2 += x2[i]
		s3 += x3[i]
		y0[i], y1[i], y2[i], y3[i] = b0+s0, b1+s1, b2+s2, b3+s3
	}
}
