package cpuexec_test

import (
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/cpuexec"
)

// fibJoins is the number of joins in fib(32).
const fibJoins = 3_524_577

// BenchmarkFib is a join at every call of fib(32), without a cut-off.
func BenchmarkFib(b *testing.B) {
	each := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/fibJoins, "ns/join")
		})
	}
	each("serial", func() {
		if fibSerial(32) != 2178309 {
			b.Fatal("wrong")
		}
	})
	for _, workers := range []int{1, 2} {
		p, err := cpuexec.New(workers)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(p.Close)
		each(fmt.Sprintf("both/workers=%d", workers), func() {
			if _, err := cpuexec.Fork(b.Context(), p, fibBoth, 32); err != nil {
				b.Fatal(err)
			}
		})
		each(fmt.Sprintf("branch/workers=%d", workers), func() {
			if err := p.Do(b.Context(), func(br *cpuexec.Branch) { fibBranch(br, 32) }); err != nil {
				b.Fatal(err)
			}
		})
		each(fmt.Sprintf("fork/workers=%d", workers), func() {
			if _, err := cpuexec.Fork(b.Context(), p, fib, 32); err != nil {
				b.Fatal(err)
			}
		})
		each(fmt.Sprintf("surplus/workers=%d", workers), func() {
			if _, err := cpuexec.Fork(b.Context(), p, fibSurplus, 32); err != nil {
				b.Fatal(err)
			}
		})
		each(fmt.Sprintf("closures/workers=%d", workers), func() {
			if err := p.Do(b.Context(), func(br *cpuexec.Branch) { fibClosures(br, 32) }); err != nil {
				b.Fatal(err)
			}
		})
	}
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

func fibClosures(b *cpuexec.Branch, n int) int {
	if n < 2 {
		return n
	}
	left, right := cpuexec.Join(b,
		func(b *cpuexec.Branch) int { return fibClosures(b, n-1) },
		func(b *cpuexec.Branch) int { return fibClosures(b, n-2) })
	return left + right
}

type node struct {
	value       int
	left, right *node
}

// balanced returns a tree of n nodes.
func balanced(n int) *node {
	if n == 0 {
		return nil
	}
	return &node{value: 1, left: balanced(n / 2), right: balanced(n - 1 - n/2)}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.left.sum() + n.right.sum()
}

func sum(l *cpuexec.Lane[*node, int], n *node) int {
	if n == nil {
		return 0
	}
	right := l.Fork(sum, n.right)
	left := sum(l, n.left)
	return n.value + left + l.Join(right)
}

func sumSurplus(l *cpuexec.Lane[*node, int], n *node) int {
	if n == nil {
		return 0
	}
	if l.Surplus() {
		return n.value + sumSurplus(l, n.left) + sumSurplus(l, n.right)
	}
	right := l.Fork(sumSurplus, n.right)
	left := sumSurplus(l, n.left)
	return n.value + left + l.Join(right)
}

// BenchmarkTree sums trees with a join at every node, beside a plain recursion.
// The repetitions are inside one computation, as the parts of a larger one would
// be.
func BenchmarkTree(b *testing.B) {
	p, err := cpuexec.New(2)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	for _, n := range []int{1, 31, 1023, 100_000, 10_000_000} {
		tree := balanced(n)
		b.Run(fmt.Sprintf("nodes=%d/serial", n), func(b *testing.B) {
			for b.Loop() {
				if tree.sum() != n {
					b.Fatal("wrong")
				}
			}
		})
		for _, form := range []struct {
			name string
			sum  func(*cpuexec.Lane[*node, int], *node) int
		}{{"fork", sum}, {"surplus", sumSurplus}} {
			b.Run(fmt.Sprintf("nodes=%d/%s", n, form.name), func(b *testing.B) {
				_, err := cpuexec.Fork(b.Context(), p, func(l *cpuexec.Lane[*node, int], tree *node) int {
					for b.Loop() {
						if form.sum(l, tree) != n {
							b.Fatal("wrong")
						}
					}
					return 0
				}, tree)
				if err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
