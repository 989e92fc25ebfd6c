package kernels_test

import (
	"strings"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// TestEachGroup has every invocation of two groups look at what its neighbour stored.
func TestEachGroup(t *testing.T) {
	const groups, size = 2, 64
	got := make([]int32, groups*size)
	kernels.EachGroup(groups, size, func(g kernels.Group) {
		part := kernels.Shared[[size]int32](g)
		other := kernels.Shared[[size]int32](g)
		part[g.Local()] = int32(g.Global())
		other[g.Local()] = -1
		g.Barrier()
		got[g.Global()] = part[(g.Local()+1)%g.Size()] + 1000*int32(g.Subgroup()) + 10_000*int32(g.Lane())
	})
	for i, v := range got {
		local := i % size
		if want := int32(i - local + (local+1)%size + local/32*1000 + local%32*10_000); v != want {
			t.Errorf("invocation %d has %d, want %d", i, v, want)
		}
	}
}

// TestGroupReductions compares the reductions with loops.
func TestGroupReductions(t *testing.T) {
	const size = 96
	kernels.EachGroup(1, size, func(g kernels.Group) {
		v := int32(g.Local()*7%31 - 10)
		sum, least, most, sub := int32(0), int32(1000), int32(-1000), int32(0)
		for l := range size {
			w := int32(l*7%31 - 10)
			sum, least, most = sum+w, min(least, w), max(most, w)
			if l/kernels.SubgroupSize == g.Subgroup() {
				sub += w
			}
		}
		switch {
		case kernels.GroupSum(g, v) != sum:
			t.Errorf("the sum is not %d", sum)
		case kernels.GroupMin(g, v) != least || kernels.GroupMax(g, v) != most:
			t.Errorf("the extremes are not %d and %d", least, most)
		case kernels.SubgroupSum(g, v) != sub:
			t.Errorf("the sum of sub-group %d is not %d", g.Subgroup(), sub)
		case kernels.SubgroupMin(g, int32(g.Lane())) != 0 || kernels.SubgroupMax(g, int32(g.Lane())) != kernels.SubgroupSize-1:
			t.Error("the extremes of the lanes are wrong")
		}
	})
}

// raised is what a function panics with.
func raised(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// TestBrokenGroups has invocations that others wait for in vain.
func TestBrokenGroups(t *testing.T) {
	for name, f := range map[string]func(){
		"not every invocation": func() {
			kernels.EachGroup(1, 32, func(g kernels.Group) {
				if g.Local() != 5 {
					g.Barrier()
				}
			})
		},
		"my fault": func() {
			kernels.EachGroup(1, 32, func(g kernels.Group) {
				if g.Local() == 5 {
					panic("my fault")
				}
				g.Barrier()
			})
		},
		"a group of 33": func() { kernels.EachGroup(1, 33, func(kernels.Group) {}) },
		"no work-group": func() { kernels.Group{}.Barrier() },
	} {
		v := raised(f)
		if text, ok := v.(string); !ok || !strings.Contains(text, name) {
			t.Errorf("panicked with %v, want %q", v, name)
		}
	}
}
