package radix

import (
	"context"
	"unsafe"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// most is how many keys launches sort: places have 32 bits, and int has there.
const most = 1 << 30

// onDevices sorts by launches. Keys stay on the device, with the number that each had
// if there are values, which are moved on the host at the end.
func onDevices[U word, V any](ctx context.Context, launch func(kernels.Launch) error, keys []U, values []V, paired bool) error {
	n := len(keys)
	if n == 0 {
		return nil
	}
	numbers := 0
	if paired {
		numbers = n
	}
	x, y := residency.New[U](n), residency.New[U](n)
	v, w := residency.New[uint32](numbers), residency.New[uint32](numbers)
	defer func() {
		x.Free()
		y.Free()
		v.Free()
		w.Free()
	}()
	if err := x.CopyFrom(ctx, keys); err != nil {
		return err
	}
	if err := v.Update(ctx, func(number []uint32) {
		for i := range number {
			number[i] = uint32(i)
		}
	}); err != nil {
		return err
	}
	counts := make([]uint32, radix*groups(n))
	var word U
	for shift := 0; shift < 8*int(unsafe.Sizeof(word)); shift += bitsEach {
		if err := launch(newDigits(shift, kernels.Of[U](x), counts)); err != nil {
			return err
		}
		if !offsets32(counts, n) {
			continue
		}
		if err := launch(newScatter(shift, counts, kernels.Of[U](x), kernels.Of[uint32](v), kernels.Of[U](y), kernels.Of[uint32](w))); err != nil {
			return err
		}
		x, y, v, w = y, x, w, v
	}
	if !paired {
		return x.CopyTo(ctx, keys)
	}
	number, was := make([]uint32, n), make([]V, n)
	if err := v.CopyTo(ctx, number); err != nil {
		return err
	}
	if err := x.CopyTo(ctx, keys); err != nil {
		return err
	}
	copy(was, values)
	for i, k := range number {
		values[i] = was[k]
	}
	return nil
}

// offsets32 turns the counts of groups into the first place of each digit of each
// group, and reports whether there is more than one digit among the n keys.
func offsets32(counts []uint32, n int) bool {
	total := uint32(0)
	for d := range radix {
		before := total
		for at := d; at < len(counts); at += radix {
			c := counts[at]
			counts[at] = total
			total += c
		}
		if int(total-before) == n {
			return false
		}
	}
	return true
}
