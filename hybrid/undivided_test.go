package hybrid_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/sample"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// anywhere adds to elements that lie anywhere in y, so that a launch which is cut, or
// done twice on the same memory, shows.
var anywhere = kernels.Define(kernels.Kernel{
	Name:   "test.anywhere",
	Params: []kernels.Param{{Name: "x", Type: kernels.Float32, Access: kernels.In}, {Name: "y", Type: kernels.Float32, Access: kernels.InOut}},
	Go: func(c *kernels.Call) {
		y := kernels.Slice[float32](c, 1)
		for i, v := range kernels.Slice[float32](c, 0) {
			y[len(y)-1-c.Lo-i] += v
		}
		y[0]++ // how many calls there were
	},
})

// anywhereJob is an undivided launch.
func anywhereJob(n int) job {
	x, y := make([]float32, n), make([]float32, n+3)
	for i := range x {
		x[i] = float32(i)
	}
	l := kernels.NewLaunch(anywhere, n)
	l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
	l.AddArg(kernels.Of[float32](y), kernels.Whole)
	l.SetGrain(n)
	cost(&l)
	return job{"anywhere", l, func() error {
		if y[0] != 1 {
			return fmt.Errorf("the kernel was called %v times on this memory, want once", y[0])
		}
		for i, v := range x {
			if got := y[len(y)-1-i]; got != v {
				return fmt.Errorf("y[%d] = %v, want %v", len(y)-1-i, got, v)
			}
		}
		return nil
	}}
}

// raggedJob has arrays that end within the elements of the last index.
func raggedJob(n int) job {
	x, y := make([]float32, n), make([]float32, n+1)
	for i := range x {
		x[i], y[i] = float32(i), 1
	}
	groups := (n + 6) / 7
	l := kernels.NewLaunch(addTwice, groups)
	l.AddArg(kernels.Of[float32](x), kernels.Footprint{Per: 7, Ragged: true})
	l.AddArg(kernels.Of[float32](y[:n]), kernels.Footprint{Per: 7, Ragged: true})
	cost(&l)
	return job{"ragged", l, func() error {
		for i, v := range y[:n] {
			if v != 1+float32(i) {
				return fmt.Errorf("y[%d] of %d = %v, want %v", i, n, v, 1+float32(i))
			}
		}
		if y[n] != 0 {
			return fmt.Errorf("y[%d], behind its end, was written", n)
		}
		return nil
	}}
}

// TestFailuresOfUndividedAndRaggedLaunches has every operation of a device fail in
// turn, before and after the kernel has written what it shares.
func TestFailuresOfUndividedAndRaggedLaunches(t *testing.T) {
	kinds := []sim.FaultKind{sim.FailAlloc, sim.FailCompile, sim.FailUpload, sim.FailDownload, sim.FailLaunch, sim.Lose, sim.Hang}
	for _, kind := range kinds {
		for at := range 8 {
			for name, draw := range map[string]func(n int) job{"anywhere": anywhereJob, "ragged": raggedJob} {
				t.Run(fmt.Sprintf("%v/%d/%s", kind, at+1, name), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						fault := sim.Fault{Kind: kind, At: at + 1}
						s := open(t, hybrid.WithDevices("none:*"), hybrid.WithChunkDeadline(time.Second),
							hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e7, Faults: []sim.Fault{fault}})),
							hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:1", Rate: 1e4})))
						for range 3 {
							j := draw(3000)
							if err := s.Launch(t.Context(), j.launch); err != nil {
								t.Fatal(err)
							}
							if err := j.check(); err != nil {
								t.Fatal(err)
							}
						}
						if err := s.Close(); err != nil && !isDeviceError(err) {
							t.Fatal(err)
						}
					})
				})
			}
		}
	}
}

// TestUndividedAndRaggedOnRealDevices launches kernels that tandemgen has made.
func TestUndividedAndRaggedOnRealDevices(t *testing.T) {
	s := everything(t)
	const n = 100_003 // no multiple of any group
	rng := rand.New(rand.NewPCG(1, 2))
	to, keys, x := make([]uint32, n), make([]uint32, n), make([]int32, n)
	values := make([]float32, n)
	for i, at := range rng.Perm(n) {
		to[i], keys[i], x[i], values[i] = uint32(at), rng.Uint32(), rng.Int32N(100), rng.Float32()
	}
	placed, bins := make([]float32, n), make([]uint32, 16)
	least, marks := slices.Repeat([]uint32{1 << 31}, 16), make([]int32, 18)
	marks[16] = 7
	for i, at := range to {
		placed[at] = values[i]
		bins[keys[i]%16]++
		least[keys[i]%16] = min(least[keys[i]%16], keys[i])
		marks[keys[i]%16] |= int32(keys[i] & 0xff00)
	}
	sums, blocks := make([]int32, n), make([]int32, (n+63)/64)
	for i := range x {
		if i%64 != 0 {
			sums[i] = sums[i-1]
		}
		sums[i] += x[i]
		blocks[i/64] = sums[i]
	}
	for name, opts := range ways(s) {
		t.Run(name, func(t *testing.T) {
			launch := func(l kernels.Launch) {
				t.Helper()
				if err := s.Launch(t.Context(), l, opts...); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				y := make([]float32, n)
				launch(sample.Place(to, values, y))
				agree(t, "placed", y, placed)

				b, l, m := make([]uint32, 16), slices.Repeat([]uint32{1 << 31}, 16), make([]int32, 18)
				launch(sample.Histogram((n+64*3-1)/(64*3), 3, keys, b, l, m))
				agree(t, "bins", b, bins)
				agree(t, "least", l, least)
				agree(t, "marks", m, marks)

				got, last := make([]int32, n), make([]int32, len(blocks))
				launch(sample.Scan(len(blocks), x, got, last))
				agree(t, "sums", got, sums)
				agree(t, "blocks", last, blocks)

				// Counts that live on a device are added up over launches.
				kept := residency.New[uint32](16)
				if err := kept.CopyFrom(t.Context(), make([]uint32, 16)); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					launch(sample.Histogram((n+63)/64, 1, keys, kept, l, m))
				}
				if err := kept.CopyTo(t.Context(), b); err != nil {
					t.Fatal(err)
				}
				for i := range b {
					b[i] /= 2
				}
				agree(t, "kept", b, bins)
				kept.Free()
			}
		})
	}
}

func agree[T comparable](t *testing.T, name string, got, want []T) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s[%d] is %v, want %v", name, i, got[i], want[i])
		}
	}
}
