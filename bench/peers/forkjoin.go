package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tandem-go/tandem/cpuexec"
)

// fibJoins is the number of joins in fib(n): fib(n+1) - 1.
func fibJoins(n int) float64 {
	a, b := 0, 1
	for range n {
		a, b = b, a+b
	}
	return float64(b - 1)
}

func plainFib(n int) int {
	if n < 2 {
		return n
	}
	return plainFib(n-1) + plainFib(n-2)
}

func fib(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	right := l.Fork(fib, n-2)
	left := fib(l, n-1)
	return left + l.Join(right)
}

func fibBoth(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	a, b := l.Both(fibBoth, n-1, n-2)
	return a + b
}

func fibSurplus(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	if l.Surplus() {
		return fibSurplus(l, n-1) + fibSurplus(l, n-2)
	}
	right := l.Fork(fibSurplus, n-2)
	left := fibSurplus(l, n-1)
	return left + l.Join(right)
}

func fibValues(b *cpuexec.Branch, n int) int {
	if n < 2 {
		return n
	}
	left, right := cpuexec.Both(b, fibValues, n-1, n-2)
	return left + right
}

func fibClosures(b *cpuexec.Branch, n int) int {
	if n < 2 {
		return n
	}
	left, right := cpuexec.Join(b,
		func(b *cpuexec.Branch) int { return fibClosures(b, n-1) },
		func(b *cpuexec.Branch) int { return fibClosures(b, n-2) })
	return left + right
}

func fibSurplusClosures(b *cpuexec.Branch, n int) int {
	if n < 2 {
		return n
	}
	if b.Surplus() {
		return fibSurplusClosures(b, n-1) + fibSurplusClosures(b, n-2)
	}
	left, right := cpuexec.Join(b,
		func(b *cpuexec.Branch) int { return fibSurplusClosures(b, n-1) },
		func(b *cpuexec.Branch) int { return fibSurplusClosures(b, n-2) })
	return left + right
}

// forkJoin has fib without a cut-off: a join at every call, and nothing else.
func (b *bench) forkJoin(ctx context.Context) error {
	n := b.less(32, 24)
	want := plainFib(n)
	check := func(value int, err error) error {
		if err == nil && value != want {
			err = fmt.Errorf("fib(%d) = %d, want %d", n, value, want)
		}
		return err
	}
	command := fmt.Sprint("fib ", n)
	for _, form := range []struct {
		name string
		fib  func(*cpuexec.Lane[int, int], int) int
		goal float64
	}{{"Lane.Both", fibBoth, 0.5}, {"Fork unless Surplus", fibSurplus, 0.5}, {"Fork", fib, 0}} {
		if err := b.hold(ctx, contest{
			what: fmt.Sprintf("a join, fib(%d), %s", n, form.name), parts: fibJoins(n),
			own: func(ctx context.Context) error { return check(cpuexec.Fork(ctx, b.pool, form.fib, n)) },
			peers: []peer{
				b.told("rayon", "rayon", command, form.goal),
				b.told("chili", "chili", command, 0),
				b.told("tbb", "oneTBB", command, 0),
			},
		}); err != nil {
			return err
		}
	}
	for _, form := range []struct {
		name string
		fib  func(*cpuexec.Branch, int) int
	}{{"Both", fibValues}, {"Join", fibClosures}, {"Join unless Surplus", fibSurplusClosures}} {
		if err := b.hold(ctx, contest{
			what: fmt.Sprintf("a join, fib(%d), %s", n, form.name), parts: fibJoins(n),
			own: func(ctx context.Context) error {
				value := 0
				err := b.pool.Do(ctx, func(branch *cpuexec.Branch) { value = form.fib(branch, n) })
				return check(value, err)
			},
			peers: []peer{b.told("rayon", "rayon", command, 2)},
		}); err != nil {
			return err
		}
	}
	return nil
}

// sorting has slices of random numbers, beside package slices on one core.
func (b *bench) sorting(ctx context.Context) error {
	random := rand.New(rand.NewPCG(1, 1))
	numbers := make([]float64, b.less(1_000_000, 50_000))
	for i := range numbers {
		numbers[i] = random.NormFloat64()
	}
	work := make([]float64, len(numbers))
	compare := cmp.Compare[float64]
	for _, form := range []struct {
		what, peer  string
		own, theirs func(ctx context.Context) error
	}{
		{
			"ParallelSort", "slices.Sort",
			func(ctx context.Context) error { return cpuexec.ParallelSort(ctx, b.pool, work) },
			func(context.Context) error { slices.Sort(work); return nil },
		},
		{
			"ParallelSortStableFunc", "slices.SortStableFunc",
			func(ctx context.Context) error { return cpuexec.ParallelSortStableFunc(ctx, b.pool, work, compare) },
			func(context.Context) error { slices.SortStableFunc(work, compare); return nil },
		},
	} {
		afresh := func(sort func(context.Context) error) func(context.Context) error {
			return func(ctx context.Context) error {
				copy(work, numbers)
				return sort(ctx)
			}
		}
		if err := b.hold(ctx, contest{
			what: fmt.Sprintf("%s of %d numbers", form.what, len(numbers)), parts: float64(len(numbers)),
			own:   afresh(form.own),
			peers: []peer{here(form.peer, 0, afresh(form.theirs))},
		}); err != nil {
			return err
		}
	}
	return nil
}

// node is a binary tree's. Trees are laid out in memory as those of chili's own
// benchmark are: children before their parent, the left ones before the right.
// Everybody sums the right child before the left, since chili does, whichever
// way round it is written: so all read their memory in one direction. The other
// way takes a large tree three times as long, with or without workers.
type node struct {
	value       int
	left, right *node
}

func grow(nodes int) *node {
	if nodes == 0 {
		return nil
	}
	leftNodes := (nodes - 1) / 2
	left := grow(leftNodes)
	right := grow(nodes - 1 - leftNodes)
	return &node{1, left, right}
}

func plainSum(n *node) int {
	sum := n.value
	if n.right != nil {
		sum += plainSum(n.right)
	}
	if n.left != nil {
		sum += plainSum(n.left)
	}
	return sum
}

func sum(l *cpuexec.Lane[*node, int], n *node) int {
	if n == nil {
		return 0
	}
	right, left := l.Both(sum, n.right, n.left)
	return n.value + left + right
}

// sumSurplus has what few nodes need in a function of its own: what a fork keeps on
// the stack would otherwise cost the plain calls a tenth of their time. A leaf has
// nothing to fork and need not ask.
func sumSurplus(l *cpuexec.Lane[*node, int], n *node) int {
	if n.left == nil && n.right == nil {
		return n.value
	}
	if !l.Surplus() {
		return sumForked(l, n)
	}
	sum := n.value
	if n.right != nil {
		sum += sumSurplus(l, n.right)
	}
	if n.left != nil {
		sum += sumSurplus(l, n.left)
	}
	return sum
}

func sumForked(l *cpuexec.Lane[*node, int], n *node) int {
	switch {
	case n.left == nil:
		return n.value + sumSurplus(l, n.right)
	case n.right == nil:
		return n.value + sumSurplus(l, n.left)
	}
	left := l.Fork(sumSurplus, n.left)
	right := sumSurplus(l, n.right)
	return n.value + right + l.Join(left)
}

// trees has sums of binary trees with a join at every node that has two children,
// those of others at every node, each as often as makes about as much work, within
// one computation: the way into it is a row of its own.
func (b *bench) trees(ctx context.Context) error {
	for _, nodes := range []int{1, 10, 100, 1023, 10_000, 100_000, 1_000_000, 10_000_000} {
		if b.quick && nodes > 100_000 {
			break
		}
		what := fmt.Sprintf("sum of a tree, nodes: %d", nodes)
		if !b.only.MatchString(what) {
			continue
		}
		root := grow(nodes)
		times := max(1, b.less(5_000_000, 100_000)/nodes)
		repeat := func(f func() int) error {
			for range times {
				if got := f(); got != nodes {
					return fmt.Errorf("the sum of %d nodes is %d", nodes, got)
				}
			}
			return nil
		}
		command := fmt.Sprintf("tree %d %d", nodes, times)
		err := b.hold(ctx, contest{
			what: what, parts: float64(times),
			own: func(ctx context.Context) error {
				_, err := cpuexec.Fork(ctx, b.pool, func(l *cpuexec.Lane[*node, int], n *node) int {
					if err := repeat(func() int { return sumSurplus(l, n) }); err != nil {
						panic(err)
					}
					return 0
				}, root)
				return err
			},
			peers: []peer{
				here("serial Go", 1.2, func(context.Context) error {
					return repeat(func() int { return plainSum(root) })
				}),
				b.told("chili", "chili", command, 1),
				b.told("chili", "serial Rust", fmt.Sprintf("serial %d %d", nodes, times), 0),
				b.told("rayon", "rayon", command, 0),
				b.told("tbb", "oneTBB", command, 0),
			},
		})
		if err != nil {
			return err
		}
	}
	root, times := grow(1), b.less(100_000, 1000)
	return b.hold(ctx, contest{
		what: "a call of Fork, nodes: 1", parts: float64(times),
		own: func(ctx context.Context) error {
			for range times {
				if _, err := cpuexec.Fork(ctx, b.pool, sum, root); err != nil {
					return err
				}
			}
			return nil
		},
		peers: []peer{here("serial Go", 0, func(context.Context) error {
			for range times {
				if plainSum(root) != 1 {
					return fmt.Errorf("wrong sum")
				}
			}
			return nil
		})},
	})
}
