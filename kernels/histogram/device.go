package histogram

import (
	"context"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// most is how many elements a launch counts: its numbers of 32 bits hold it.
const most = 1 << 30

// onDevices adds to counts what launches have counted.
func onDevices[T kernels.Float](ctx context.Context, launch func(kernels.Launch) error, b bins[T], counts []int, x []T) error {
	if b.n > maxRows*group {
		return inOne(ctx, launch, b, counts, x)
	}
	width := rowsFor(b.n) * group
	for len(x) > 0 {
		part := x[:min(most, len(x))]
		tables := make([]uint32, (len(part)+elements-1)/elements*width)
		if err := launch(newTables(b, part, tables)); err != nil {
			return err
		}
		for ; len(tables) > 0; tables = tables[width:] {
			add(counts, tables)
		}
		x = x[len(part):]
	}
	return nil
}

// inOne is onDevices for tables that work-groups have no room for: one in a buffer,
// which one device has at a time.
func inOne[T kernels.Float](ctx context.Context, launch func(kernels.Launch) error, b bins[T], counts []int, x []T) error {
	for len(x) > 0 {
		part := x[:min(most, len(x))]
		table := residency.New[uint32](b.n)
		err := launch(newOne(b, part, kernels.Of[uint32](table)))
		if err == nil {
			err = table.View(ctx, func(table []uint32) { add(counts, table) })
		}
		table.Free()
		if err != nil {
			return err
		}
		x = x[len(part):]
	}
	return nil
}

func add(counts []int, table []uint32) {
	for k, c := range table[:len(counts)] {
		counts[k] += int(c)
	}
}
