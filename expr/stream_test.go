package expr

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// withCache has the last cache be of a size for a test.
func withCache(t *testing.T, size int) {
	before := lastCache
	lastCache = func() int { return size }
	t.Cleanup(func() { lastCache = before })
}

// TestStreams: what a launch stores goes past the caches if it touches more than the
// last one holds, from the beginning of a line on, and was not read.
func TestStreams(t *testing.T) {
	if !haveTiles {
		t.Skip("this processor, or this build, has no machine for tiles")
	}
	const n = 1 << 20
	xs, dst := aligned[float64](n), aligned[float64](n)
	x := Of[float64](xs)
	for _, c := range []struct {
		name  string
		e     Expr[float64]
		dst   []float64
		cache int
		want  bool
	}{
		{"more than the cache", x.Square(), dst, 2*8*n - 1, true},
		{"as much as the cache", x.Square(), dst, 2 * 8 * n, false},
		{"a cache that is not known", x.Square(), dst, 0, false},
		{"in place", x.Square(), xs, 1, false},
		{"within a line", x.Square(), dst[1:], 1, false},
		{"a copy, which has no tiles", x, dst, 1, false},
		{"an exponential function, neither", Exp(x), dst, 1, false},
	} {
		withCache(t, c.cache)
		p, s := programOf(t, c.e)
		s.at[0], s.at[p.root] = unsafe.Pointer(&xs[0]), unsafe.Pointer(&c.dst[0])
		if got := p.streams(s, n); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		s.stream = c.want
		if got := streamsIn(p, s); got != c.want {
			t.Errorf("%s: the machine streams: %v", c.name, got)
		}
		if p.streams(s, leastStreamed/16-1) {
			t.Errorf("%s: a small launch asked for the cache", c.name)
		}
	}
}

// streamsIn reports whether the machine has an instruction that streams.
func streamsIn(p *program, s *scratch) bool {
	s.prepare(p)
	return slices.ContainsFunc(s.tiles, func(in tileInstruction) bool {
		return in.handler == tileHandlers()[tileStream] || in.handler == tileHandlersAgain()[tileStream]
	})
}

func programOf[T Float](t *testing.T, e Expr[T]) (*program, *scratch) {
	var f flattening
	if _, err := f.add(e.n, MaxArrays-1); err != nil {
		t.Fatal(err)
	}
	p := compile(decode(string(f.encode(foldNothing))))
	return p, p.newScratch()
}

// aligned is an array that begins on a line.
func aligned[T Element](n int) []T {
	x := make([]T, n+streamAlignment)
	size := unsafe.Sizeof(x[0])
	at := (streamAlignment - uintptr(unsafe.Pointer(&x[0]))%streamAlignment) % streamAlignment
	return x[at/size:][:n:n]
}

// TestStreamed: what goes past the caches is the same, in whole tiles and in half ones,
// and what is behind the last tile and the array stays.
func TestStreamed(t *testing.T) {
	const n = leastStreamed/8 + 37
	rng := rand.New(rand.NewPCG(kerneltest.Seed(t), 3))
	singles, doubles := aligned[float32](n), aligned[float64](n)
	for i := range n {
		singles[i], doubles[i] = float32(rng.NormFloat64()), rng.NormFloat64()
	}
	a, b := Of[float32](singles), Of[float64](doubles)
	streamed(t, "float32", a.Mul(a).AddConst(1))
	streamed(t, "float64", b.Mul(b).AddConst(1))
	streamed(t, "halves", Convert[float32](b.Square()).Add(a))
	streamed(t, "wholes", Convert[float64](a.Square()).Add(b))
}

func streamed[T Element](t *testing.T, name string, e Expr[T]) {
	const n, more = leastStreamed/8 + 37, 64
	var got [2][]T
	for i, cache := range []int{1, 0} {
		withCache(t, cache)
		got[i] = aligned[T](n + more)
		for j := range more {
			got[i][n+j] = 7
		}
		l := Store(got[i][:n], e)
		if err := l.Err(); err != nil {
			t.Fatal(err)
		}
		for lo := 0; lo < n; lo += 3 * 64 * 1000 {
			l.Run(lo, min(lo+3*64*1000, n))
		}
	}
	for i, v := range got[0] {
		if v != got[1][i] {
			t.Fatalf("%s: element %d is %v past the caches, %v else", name, i, v, got[1][i])
		}
	}
}
