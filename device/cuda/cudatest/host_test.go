//go:build cuda && linux && cgo

package cudatest_test

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

func TestEveryThreadRunsOnce(t *testing.T) {
	x := start(t, cudatest.Config{})
	f := x.function("where")
	for _, c := range []struct{ grid, block [3]int }{
		{[3]int{1, 1, 1}, [3]int{1, 1, 1}},
		{[3]int{3, 1, 1}, [3]int{33, 1, 1}},
		{[3]int{2, 3, 4}, [3]int{5, 6, 7}},
		{[3]int{1, 5, 1}, [3]int{1, 64, 16}},
		{[3]int{200, 2, 1}, [3]int{256, 1, 1}}, // enough for several host threads
	} {
		threads := c.block[0] * c.block[1] * c.block[2]
		n := c.grid[0] * c.grid[1] * c.grid[2] * threads
		count, at := upload(x, make([]uint32, n)), x.alloc(16*n)
		x.ok(drive.Launch(f, c.grid, c.block, 0, nil, count, at))
		for i, got := range download[uint32](x, count, n) {
			if got != 1 {
				t.Fatalf("%v: thread %d ran %d times", c, i, got)
			}
		}
		for i, got := range download[[4]uint32](x, at, n) {
			k := i % threads
			want := [4]uint32{
				uint32(k % c.block[0]), uint32(k / c.block[0] % c.block[1]),
				uint32(k / c.block[0] / c.block[1]), uint32(i / threads),
			}
			if got != want {
				t.Fatalf("%v: thread %d is at %v, want %v", c, i, got, want)
			}
		}
		x.ok(drive.Free(count))
		x.ok(drive.Free(at))
	}
}

func TestBarrier(t *testing.T) {
	x := start(t, cudatest.Config{})
	for _, block := range []int{1, 2, 31, 32, 33, 1024} {
		const blocks = 64
		data := make([]int32, blocks*block)
		for i := range data {
			data[i] = int32(i)
		}
		p := upload(x, data)
		x.ok(x.launch("reverse", blocks, block, p))
		got := download[int32](x, p, len(data))
		for b := range blocks {
			slices.Reverse(data[b*block : (b+1)*block])
		}
		if !slices.Equal(got, data) {
			t.Fatalf("blocks of %d: wrong", block)
		}
	}
}

// A barrier that is missing shows, whichever way it is missing.
func TestMissingBarrierShows(t *testing.T) {
	x := start(t, cudatest.Config{})
	const block, blocks = 64, 4
	data := make([]int32, blocks*block)
	for i := range data {
		data[i] = int32(i + 1)
	}
	p := upload(x, data)
	x.ok(x.launch("reverse_racing", blocks, block, p))
	got := download[int32](x, p, len(data))
	for b := range 2 { // blocks 0 and 1 run in either order of their threads
		want := slices.Clone(data[b*block : (b+1)*block])
		slices.Reverse(want)
		half := got[b*block:][:block]
		if slices.Equal(half[:block/2], want[:block/2]) && slices.Equal(half[block/2:], want[block/2:]) {
			t.Errorf("block %d has the right result in spite of the race", b)
		}
	}
}

func TestSum(t *testing.T) {
	x := start(t, cudatest.Config{})
	for _, n := range []int{1, 31, 1000, 100_000} {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(i % 17)
		}
		var want float64
		for _, v := range values {
			want += v
		}
		for _, block := range []int{32, 64, 256, 1024} {
			total, p := upload(x, []float64{0}), upload(x, values)
			x.ok(x.launch("sum", 13, block, total, p, uint32(n)))
			if got := download[float64](x, total, 1)[0]; got != want {
				t.Errorf("n=%d, blocks of %d: %v, want %v", n, block, got, want)
			}
		}
	}
}

// The same with a warp that is not full: what lanes that do not exist give is
// undefined on a GPU, and a NaN here.
func TestSumOfMissingLanesShows(t *testing.T) {
	x := start(t, cudatest.Config{})
	total, p := upload(x, []float64{0}), upload(x, make([]float64, 100))
	x.ok(x.launch("sum", 1, 40, total, p, uint32(100)))
	if got := download[float64](x, total, 1)[0]; !math.IsNaN(got) {
		t.Errorf("%v, want a NaN", got)
	}
}

func TestWarp(t *testing.T) {
	x := start(t, cudatest.Config{})
	const rows = 19
	for _, n := range []int{32, 64, 48} {
		out := x.alloc(4 * rows * n)
		x.ok(x.launch("warp", 1, n, out))
		got := download[int32](x, out, rows*n)
		for i := range n {
			lane, lanes := i%32, min(32, n-i/32*32)
			base := i - lane
			at := func(l int) int32 { return int32(10 * (base + l)) }
			live := uint32(1<<lanes - 1)
			var third, seven uint32
			best, sum := int32(0), int32(0)
			for l := range lanes {
				if (base+l)%3 == 0 {
					third |= 1 << l
				}
				if base+l == 7 {
					seven = 1
				}
				best = max(best, int32((base+l)*7%32))
				sum += int32(base + l)
			}
			down := func(d, width int) int32 {
				if lane%width+d >= width {
					return at(lane)
				}
				return at(lane + d)
			}
			up := func(d, width int) int32 {
				if lane%width < d {
					return at(lane)
				}
				return at(lane - d)
			}
			xor := func(m, width int) int32 {
				if from := lane ^ m; from < lane/width*width+width {
					return at(from)
				}
				return at(lane)
			}
			b2i := func(b bool) int32 {
				if b {
					return 1
				}
				return 0
			}
			half := int32(-1)
			if i < 16 {
				half = int32(i ^ 15)
			}
			want := [rows]int32{
				at(5), at(lane/8*8 + 1), up(3, 32), up(1, 4), down(3, 32), down(1, 16), xor(1, 32), xor(12, 8),
				int32(third), int32(seven), b2i(base+lanes <= 32), int32(1 - seven), sum, best, int32(live),
				half, int32(n / 2), b2i(n <= 99), b2i(n > 99),
			}
			for r, w := range want {
				g := got[r*n+i]
				switch {
				case r == 4 && lane+3 < 32 && lane+3 >= lanes, // from lanes that do not exist
					r == 5 && lane%16 != 15 && lane+1 >= lanes,
					r == 7 && lane^12 >= lanes && lane^12 < lane/8*8+8:
					if g != -1 {
						t.Errorf("row %d of thread %d of %d is %d, want the pattern of what is undefined", r, i, n, g)
					}
				case g != w:
					t.Errorf("row %d of thread %d of %d is %d, want %d", r, i, n, g, w)
				}
			}
		}
	}
}

func TestDynamicSharedMemory(t *testing.T) {
	x := start(t, cudatest.Config{})
	p := upload(x, []int32{0, 1, 2, 3, 4, 5, 6, 7})
	x.ok(drive.Launch(x.function("rotate"), [3]int{1, 1, 1}, [3]int{8, 1, 1}, 32, nil, p, int32(3)))
	if got, want := download[int32](x, p, 8), []int32{3, 4, 5, 6, 7, 0, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAtomics(t *testing.T) {
	x := start(t, cudatest.Config{})
	const blocks, block = 400, 256
	n := blocks * block
	i := upload(x, []int32{0, 0, 0, 0})
	u := upload(x, []uint32{0, 0, 0, 0})
	f, d, l := upload(x, []float32{0}), upload(x, []float64{0}), upload(x, []uint64{0})
	x.ok(x.launch("atomics", blocks, block, i, u, f, d, l))
	if got, want := download[int32](x, i, 4), []int32{int32(n), int32(-2 * n), -100, int32(n - 1)}; !slices.Equal(got, want) {
		t.Errorf("int: %v, want %v", got, want)
	}
	var xor uint32
	for range blocks {
		for j := range uint32(block) {
			xor ^= j
		}
	}
	if got, want := download[uint32](x, u, 4), []uint32{xor, uint32(n % 7), 1<<32 - 1, uint32(3 * n)}; !slices.Equal(got, want) {
		t.Errorf("unsigned: %v, want %v", got, want)
	}
	if got := download[float32](x, f, 1)[0]; got != float32(n) {
		t.Errorf("float: %v, want %d", got, n)
	}
	if got := download[float64](x, d, 1)[0]; got != float64(n)/2 {
		t.Errorf("double: %v, want %v", got, float64(n)/2)
	}
	if got := download[uint64](x, l, 1)[0]; bits.TrailingZeros64(got) < 33 || got != uint64(n)<<33 {
		t.Errorf("unsigned long long: %d, want %d", got, uint64(n)<<33)
	}
}

func TestStructureByValue(t *testing.T) {
	x := start(t, cudatest.Config{})
	out, words := x.alloc(20), []uint32{5, 4, 3, 2, 1}
	x.ok(x.launch("structure", 1, 5, out, words))
	if got := download[uint32](x, out, 5); !slices.Equal(got, words) {
		t.Errorf("%v, want %v", got, words)
	}
}

func TestGlobal(t *testing.T) {
	x := start(t, cudatest.Config{})
	f := x.function("lookup")
	p, nbytes, r := drive.GetGlobal(x.m[0], "table")
	x.ok(r)
	if nbytes != 16 {
		t.Fatalf("the table has %d bytes, want 16", nbytes)
	}
	x.ok(drive.Upload(p, bytesOf([]int32{9, 8, 7, 6})))
	x.want(drive.Upload(p, make([]byte, 17)), drive.InvalidValue)
	out := x.alloc(16)
	x.ok(drive.Launch(f, [3]int{1, 1, 1}, [3]int{4, 1, 1}, 0, nil, out))
	if got := download[int32](x, out, 4); !slices.Equal(got, []int32{9, 8, 7, 6}) {
		t.Errorf("%v", got)
	}
	_, _, r = drive.GetGlobal(x.m[0], "nothing")
	x.want(r, drive.NotFound)
}

// A thread that has returned is not waited for.
func TestThreadsMayLeaveBeforeABarrier(t *testing.T) {
	x := start(t, cudatest.Config{})
	p := upload(x, []int32{0})
	x.ok(x.launch("leaves_early", 2, 100, p))
	if got := download[int32](x, p, 1)[0]; got != 100 {
		t.Errorf("%d threads came through, want 100", got)
	}
}

// What a kernel does wrong breaks the context, as on a GPU, and is said in words.
func TestKernelFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		launch func(x *machine) int
		code   int
		says   string
		memory bool // the sanitizer reports it, and ends the program
	}{
		{"null", func(x *machine) int { return x.launch("store", 1, 1, drive.Ptr(0), int64(0)) }, drive.IllegalAddress, "null", true},
		{"past the end", func(x *machine) int {
			return x.launch("store", 1, 1, x.alloc(4096), int64(1024))
		}, drive.IllegalAddress, "4096 bytes", true},
		{"before the beginning", func(x *machine) int {
			return x.launch("store", 1, 1, x.alloc(4096), int64(-1))
		}, drive.IllegalAddress, "4096 bytes", true},
		{"read far off", func(x *machine) int {
			return x.launch("load", 1, 1, x.alloc(64), int64(1<<20), x.alloc(4))
		}, drive.IllegalAddress, "", true},
		{"after free", func(x *machine) int {
			p := x.alloc(4096)
			x.ok(drive.Free(p))
			return x.launch("store", 1, 1, p, int64(3))
		}, drive.IllegalAddress, "", true},
		{"stack", func(x *machine) int { return x.launch("overflow", 1, 1, x.alloc(4), int32(100)) }, drive.IllegalAddress, "stack", true},
		{"division", func(x *machine) int { return x.launch("divide", 1, 1, x.alloc(4), int32(0)) }, drive.LaunchFailed, "divides", true},
		{"trap", func(x *machine) int { return x.launch("trap", 2, 32) }, drive.LaunchFailed, "trap", false},
		{"assertion", func(x *machine) int { return x.launch("asserts", 1, 32, int32(20)) }, drive.Assert, "thread (20, 0, 0) of block (0, 0, 0)", false},
		{"divergent barriers", func(x *machine) int { return x.launch("divergent", 1, 32) }, drive.LaunchFailed, "different barriers", false},
		{"lanes missing", func(x *machine) int { return x.launch("half_warp", 1, 32) }, drive.LaunchFailed, "wait for each other", false},
		{"outside its mask", func(x *machine) int { return x.launch("outside_mask", 1, 32) }, drive.LaunchFailed, "not in its own mask", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.memory && sanitized {
				t.Skip("the address sanitizer's own report is tested by TestSanitizer")
			}
			for _, late := range []bool{false, true} {
				x := start(t, cudatest.Config{Late: late})
				p := x.alloc(4)
				x.ok(c.launch(x))
				x.want(drive.Synchronize(), c.code)
				x.want(drive.Free(p), c.code)
				_, r := drive.Alloc(4)
				x.want(r, c.code)
				if all := strings.Join(cudatest.Complaints(), "\n"); !strings.Contains(all, c.says) || all == "" {
					t.Errorf("the complaints are %q, want %q among them", all, c.says)
				}
				x.ok(drive.ResetPrimary(0))
				x.ok(drive.Release(0))
				if live := cudatest.Live(); len(live) > 0 {
					t.Errorf("left: %v", live)
				}
				x.ctx, r = drive.Retain(0)
				x.ok(r)
				x.ok(drive.SetCurrent(x.ctx))
				x.m = nil
				x.ok(x.launch("store", 1, 1, x.alloc(4), int64(0))) // good again
				x.ok(drive.Synchronize())
			}
		})
	}
}

// Writes between a piece of memory and its guard page are found when it is freed.
func TestSlackIsWatched(t *testing.T) {
	if sanitized {
		t.Skip("the address sanitizer reports it at once; see TestSanitizer")
	}
	x := start(t, cudatest.Config{})
	for _, at := range []int64{25, 60, -1, -100} {
		p := x.alloc(100)
		x.ok(x.launch("store", 1, 1, p, at))
		x.ok(drive.Free(p))
	}
	if got := cudatest.Complaints(); len(got) != 4 || !strings.Contains(got[0], "100 bytes that cuMemAlloc_v2 1") {
		t.Errorf("the complaints are %q, want four about writes outside", got)
	}
}
