package residency

import (
	"cmp"
	"context"
	"slices"
)

// user is a memory and the weight with which it is locked.
type user struct {
	m      *Memory
	weight int64
}

// Lock waits until the memories may be read and written by the caller: any
// number may read a memory at the same time, only one may write it. All are
// taken in one order, so that callers can't block each other for ever; whoever
// waits longest is served first. A memory may be named more than once. The
// caller calls unlock when it is done. If ctx ends first, nothing is locked.
func Lock(ctx context.Context, reads, writes []*Memory) (unlock func(), err error) {
	all := make([]user, 0, len(reads)+len(writes))
	for _, m := range writes {
		all = append(all, user{m, allUsers})
	}
	for _, m := range reads {
		all = append(all, user{m, 1})
	}
	// Of one memory's the heaviest is first, and stays.
	slices.SortFunc(all, func(a, b user) int {
		return cmp.Or(cmp.Compare(a.m.id, b.m.id), cmp.Compare(b.weight, a.weight))
	})
	all = slices.CompactFunc(all, func(a, b user) bool { return a.m == b.m })
	for i, u := range all {
		if err := u.m.users.Acquire(ctx, u.weight); err != nil {
			for _, taken := range all[:i] {
				taken.m.users.Release(taken.weight)
			}
			return nil, context.Cause(ctx)
		}
	}
	return func() {
		for _, u := range all {
			u.m.users.Release(u.weight)
		}
	}, nil
}
