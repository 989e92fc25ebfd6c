package kernels

import (
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/residency"
)

// SubgroupSize is how many invocations, neighbours in a work-group, are a sub-group:
// a warp of CUDA.
const SubgroupSize = 32

// Group is an invocation's view of its work-group: the first parameter of a kernel
// whose invocations work together. tandemgen turns its methods, and the functions
// that take one, into what each device has for them. In plain Go, [EachGroup] makes
// them; a zero Group has no work-group.
//
// All invocations of a group must reach the same barriers and reductions, in the same
// order.
type Group struct {
	index, local int
	own          *invocation
}

// Index is the number of the group: the index of the launch.
func (g Group) Index() int { return g.index }

// Local is the number of the invocation in its group.
func (g Group) Local() int { return g.local }

// Size is the number of invocations of a group.
func (g Group) Size() int { return g.work().size }

// Global is Index*Size + Local, the number of the invocation among all.
func (g Group) Global() int { return g.index*g.Size() + g.local }

// Subgroup is the number of the invocation's sub-group in its group.
func (g Group) Subgroup() int { return g.local / SubgroupSize }

// Lane is the number of the invocation in its sub-group.
func (g Group) Lane() int { return g.local % SubgroupSize }

// Barrier waits until every invocation of the group has come here. What they stored
// in shared memory before, all see after it. It does not order accesses to slices.
func (g Group) Barrier() { g.work().wait() }

// Shared declares memory that the invocations of a group share, an array of numbers
// or of structures of them:
//
//	part := kernels.Shared[[256]float32](g)
//
// It stands in the outermost block of the kernel. What the memory holds at first is
// anything.
func Shared[T any](g Group) *T {
	w, k := g.work(), g.own.arrays
	g.own.arrays++
	w.mu.Lock()
	defer w.mu.Unlock()
	if k == len(w.arrays) {
		w.arrays = append(w.arrays, new(T))
	}
	return w.arrays[k].(*T)
}

// GroupSum is the sum of the v of all invocations of the group, for each of them. As
// in all reductions of groups, a sub-group joins the first half of its values with the
// second, number by number, until one is left; those of the sub-groups are joined in
// their order. So floating-point sums are the same on all devices.
func GroupSum[T residency.Element](g Group, v T) T { return joined(g, v, SumLanes[T]) }

// GroupMin is the least v of the group, as Go's min has it.
func GroupMin[T residency.Element](g Group, v T) T { return joined(g, v, MinLanes[T]) }

// GroupMax is the greatest v of the group, as Go's max has it.
func GroupMax[T residency.Element](g Group, v T) T { return joined(g, v, MaxLanes[T]) }

// SubgroupSum is the sum of the v of the invocation's sub-group; for the order see
// [GroupSum]. All sub-groups of a group take part.
func SubgroupSum[T residency.Element](g Group, v T) T { return joinedBySubgroup(g, v, SumLanes[T]) }

// SubgroupMin is the least v of the sub-group.
func SubgroupMin[T residency.Element](g Group, v T) T { return joinedBySubgroup(g, v, MinLanes[T]) }

// SubgroupMax is the greatest v of the sub-group.
func SubgroupMax[T residency.Element](g Group, v T) T { return joinedBySubgroup(g, v, MaxLanes[T]) }

// SumLanes is the sum of the values of a group's invocations, in the order of
// [GroupSum]. It changes them.
func SumLanes[T residency.Element](v []T) T {
	return joinLanes(v, func(a, b T) T { return a + b })
}

// MinLanes is SumLanes for the least value.
func MinLanes[T residency.Element](v []T) T {
	return joinLanes(v, func(a, b T) T { return min(a, b) })
}

// MaxLanes is SumLanes for the greatest value.
func MaxLanes[T residency.Element](v []T) T {
	return joinLanes(v, func(a, b T) T { return max(a, b) })
}

// BySubgroup makes each value the one that join has for those of its sub-group.
func BySubgroup[T residency.Element](v []T, join func([]T) T) {
	for ; len(v) > 0; v = v[SubgroupSize:] {
		sub := v[:SubgroupSize]
		all := join(sub)
		for i := range sub {
			sub[i] = all
		}
	}
}

func joinLanes[T any](v []T, join func(a, b T) T) T {
	var all T
	for first := 0; first < len(v); first += SubgroupSize {
		sub := v[first:][:SubgroupSize]
		for reach := SubgroupSize / 2; reach > 0; reach /= 2 {
			for i := range reach {
				sub[i] = join(sub[i], sub[i+reach])
			}
		}
		if first == 0 {
			all = sub[0]
		} else {
			all = join(all, sub[0])
		}
	}
	return all
}

// EachGroup runs the invocations of work-groups in plain Go: the groups one after the
// other, each of size goroutines, a multiple of [SubgroupSize]. It is for tests and
// for debuggers: a breakpoint in the kernel's function stops there. A panic of an
// invocation is raised again; a group of which some end before a barrier at which
// others wait panics.
func EachGroup(groups, size int, kernel func(g Group)) {
	if size < 1 || size%SubgroupSize != 0 {
		panic(fmt.Sprintf("kernels: EachGroup: a group of %d, want a multiple of %d", size, SubgroupSize))
	}
	for index := range groups {
		w := &workGroup{size: size, values: make([]any, size)}
		w.all.L = &w.mu
		var end sync.WaitGroup
		for local := range size {
			g := Group{index: index, local: local, own: &invocation{work: w}}
			end.Go(func() {
				defer func() { w.leave(recover()) }()
				kernel(g)
			})
		}
		end.Wait()
		if w.panicked != nil {
			panic(w.panicked)
		}
	}
}

// invocation is what one has for itself.
type invocation struct {
	work   *workGroup
	arrays int // calls of Shared so far
}

// workGroup is what the goroutines of a group share.
type workGroup struct {
	size int

	mu       sync.Mutex
	all      sync.Cond
	waiting  int // at the barrier
	gone     int // have ended
	turn     int // of the barrier
	broken   bool
	panicked any
	arrays   []any

	// Written between two barriers, read between the next two.
	values []any
	result any
}

func (g Group) work() *workGroup {
	if g.own == nil {
		panic("kernels: a Group that belongs to no work-group: call the kernel through EachGroup, or launch it")
	}
	return g.own.work
}

func (w *workGroup) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	turn := w.turn
	w.waiting++
	w.settle()
	for w.turn == turn && !w.broken {
		w.all.Wait()
	}
	if w.broken {
		panic("kernels: a barrier that not every invocation of the group reaches")
	}
}

// settle opens the barrier when all are there, and breaks it when the others never
// will be.
func (w *workGroup) settle() {
	switch {
	case w.waiting == 0 || w.waiting+w.gone < w.size:
		return
	case w.gone > 0:
		w.broken = true
	default:
		w.waiting = 0
		w.turn++
	}
	w.all.Broadcast()
}

// leave ends an invocation, by a panic unless v is nil.
func (w *workGroup) leave(v any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v != nil && w.panicked == nil {
		w.panicked = v
	}
	w.gone++
	w.settle()
}

// exchange has every invocation put a value down, one of them look at all, and all go
// on when that is done.
func exchange[T any](g Group, v T, look func(all []any)) {
	w := g.work()
	w.values[g.local] = v
	w.wait()
	if g.local == 0 {
		look(w.values)
	}
	w.wait()
}

func joined[T any](g Group, v T, join func([]T) T) T {
	exchange(g, v, func(all []any) { g.own.work.result = join(typed[T](all)) })
	return g.own.work.result.(T)
}

func joinedBySubgroup[T residency.Element](g Group, v T, join func([]T) T) T {
	exchange(g, v, func(all []any) {
		values := typed[T](all)
		BySubgroup(values, join)
		g.own.work.result = values
	})
	return g.own.work.result.([]T)[g.local]
}

func typed[T any](values []any) []T {
	list := make([]T, len(values))
	for i, v := range values {
		list[i] = v.(T)
	}
	return list
}
