package residency

import (
	"cmp"
	"context"
	"slices"
)

// Lock waits until the memories may be read and written by the caller: any
// number may read a memory at the same time, only one may write it. All are
// taken in one order, so that callers can't block each other for ever; whoever
// waits longest is served first. A memory may be named more than once. The
// caller calls unlock when it is done. If ctx ends first, nothing is locked.
func Lock(ctx context.Context, reads, writes []*Memory) (unlock func(), err error) {
	weights := map[*Memory]int64{}
	for _, m := range reads {
		weights[m] = 1
	}
	for _, m := range writes {
		weights[m] = allUsers
	}
	all := make([]*Memory, 0, len(weights))
	for m := range weights {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *Memory) int { return cmp.Compare(a.id, b.id) })
	for i, m := range all {
		if err := m.users.Acquire(ctx, weights[m]); err != nil {
			for _, taken := range all[:i] {
				taken.users.Release(weights[taken])
			}
			return nil, context.Cause(ctx)
		}
	}
	return func() {
		for _, m := range all {
			m.users.Release(weights[m])
		}
	}, nil
}
