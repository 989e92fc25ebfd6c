package perfmodel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// envSeed replays the random test that printed the seed.
const envSeed = "TANDEM_SEED"

// seeds yields count seeds of random tests, or only the one that TANDEM_SEED
// names.
func seeds(t *testing.T, count int) []uint64 {
	t.Helper()
	if text := os.Getenv(envSeed); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", envSeed, err)
		}
		return []uint64{seed}
	}
	all := make([]uint64, count)
	first := uint64(time.Now().UnixNano())
	for i := range all {
		all[i] = first + uint64(i)
	}
	return all
}

var key = Key{Kernel: "blas.gemm.float32", Class: 12, Device: "opengl:0|llvmpipe (LLVM 15.0.6, 256 bits)|Mesa 22.3.6"}

func estimate(t *testing.T, m *Model, k Key) Estimate {
	t.Helper()
	e, ok := m.Estimate(k)
	if !ok {
		t.Fatal("there is no estimate")
	}
	return e
}

// TestConverges observes times of a + b*n with noise of 10 % at most and, in one
// of eight, an interruption that makes it ten times as long. The expected time
// has to be near the true one, for small and large n.
func TestConverges(t *testing.T) {
	for _, seed := range seeds(t, 200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		a := math.Pow(10, -6+3*rng.Float64())
		b := math.Pow(10, -10+4*rng.Float64())
		largest := a / b * math.Pow(10, 1+2*rng.Float64()) // where the start is a tenth or less
		m := New()
		for i := range 64 {
			n := largest * math.Pow(2, -10*rng.Float64())
			if i%4 == 0 {
				n = largest
			}
			seconds := (a + b*n) * (0.9 + 0.2*rng.Float64())
			if i%8 == 3 {
				seconds *= 10
			}
			m.Observe(key, n, seconds)
		}
		e := estimate(t, m, key)
		// What 10 % of noise in the largest samples hides can't be known of the
		// smallest.
		for _, n := range []float64{largest, largest / 2, largest / 64} {
			want := a + b*n
			if got := e.Seconds(n); math.Abs(got-want) > 0.25*want+0.1*(a+b*largest) {
				t.Errorf("%s=%d: T = %.2g + %.2g n, estimated %.2g + %.2g n: at n = %.2g %.3g s, want about %.3g s",
					envSeed, seed, a, b, e.Start, 1/e.Rate, n, got, want)
			}
		}
	}
}

// TestExact has no noise and sizes far apart: the fit must be the line.
func TestExact(t *testing.T) {
	m := New()
	const a, b = 1e-4, 1e-8
	for i := range 40 {
		n := []float64{1e3, 1e7}[i%2]
		m.Observe(key, n, a+b*n)
	}
	e := estimate(t, m, key)
	if math.Abs(e.Start/a-1) > 0.01 || math.Abs(1/e.Rate/b-1) > 0.01 {
		t.Errorf("T = %v + %v n, estimated %v + %v n", a, b, e.Start, 1/e.Rate)
	}
}

// TestFollows has a machine become three times slower.
func TestFollows(t *testing.T) {
	m := New()
	for range 100 {
		m.Observe(key, 1000, 1)
	}
	for range kept {
		m.Observe(key, 1000, 3)
	}
	if e := estimate(t, m, key); math.Abs(e.Rate/(1000.0/3)-1) > 1e-9 {
		t.Errorf("the rate is %v, want %v", e.Rate, 1000.0/3)
	}
}

// TestFirstSample has a first launch that pays for a compiler: it is a guess until
// there is a second, and in a process that has loaded samples it doesn't count.
func TestFirstSample(t *testing.T) {
	m := New()
	m.Observe(key, 100, 50)
	if e := estimate(t, m, key); e.Rate != 2 {
		t.Errorf("after one sample the rate is %v, want 2", e.Rate)
	}
	m.Observe(key, 100, 1)
	if e := estimate(t, m, key); e.Rate != 100 {
		t.Errorf("after two samples the rate is %v, want 100", e.Rate)
	}
	path := t.TempDir() + "/rates.json"
	save(t, m, path)
	loaded := load(t, path)
	loaded.Observe(key, 100, 50)
	if e := estimate(t, loaded, key); e.Rate != 100 {
		t.Errorf("after the first launch of another process the rate is %v, want 100", e.Rate)
	}
	if e := estimate(t, loaded, key); e.Seen != 1 {
		t.Errorf("observed once in this process, counted %d times", e.Seen)
	}
	for range 8 {
		loaded.Observe(key, 100, 2)
	}
	if e := estimate(t, loaded, key); e.Rate != 50 {
		t.Errorf("after eight more the rate is %v, want 50", e.Rate)
	}
}

// TestOutliers has fewer than half of the recent samples be nonsense, anywhere.
func TestOutliers(t *testing.T) {
	for _, seed := range seeds(t, 100) {
		rng := rand.New(rand.NewPCG(seed, 0))
		m := New()
		wrong := rng.Perm(recent)[:recent/2-1]
		m.Observe(key, 1, 1)
		for i := range recent {
			seconds := 10.0
			if slices.Contains(wrong, i) {
				seconds = math.Pow(10, 12*rng.Float64()-6)
			}
			m.Observe(key, 1000, seconds)
		}
		if e := estimate(t, m, key); e.Rate != 100 {
			t.Errorf("%s=%d: the rate is %v, want 100", envSeed, seed, e.Rate)
		}
	}
}

func TestSamplesThatAreNone(t *testing.T) {
	for _, s := range []Sample{
		{0, 1},
		{1, 0},
		{-1, 1},
		{1, -1},
		{math.NaN(), 1},
		{1, math.NaN()},
		{math.Inf(1), 1},
		{1, math.Inf(1)},
		{1e300, 1e-300},
		{1e-300, 1e300},
		{math.MaxFloat64, 1},
		{1, math.SmallestNonzeroFloat64},
	} {
		m := New()
		m.Observe(key, s.N, s.Seconds)
		if e, ok := m.Estimate(key); ok {
			t.Errorf("%v gave the estimate %v", s, e)
		}
	}
	m := New()
	for _, s := range []Sample{{1, 1}, {1e18, 1e-18}, {1e-18, 1e18}, {1e18, 1e18}, {1, 1}, {1e-18, 1e-18}} {
		m.Observe(key, s.N, s.Seconds)
		if e := estimate(t, m, key); !sensible(e) {
			t.Errorf("after %v the estimate is %v", s, e)
		}
	}
}

// sensible tells whether a scheduler can reckon with an estimate.
func sensible(e Estimate) bool {
	return e.Start >= 0 && !math.IsInf(e.Start, 0) && e.Rate > 0 && !math.IsInf(e.Rate, 0)
}

func TestClass(t *testing.T) {
	for cost, want := range map[float64]int{0: 0, -1: 0, math.NaN(): 0, 0.5: 0, 1: 0, 2: 1, 1000: 10, 1 << 40: 40} {
		if got := Class(cost); got != want {
			t.Errorf("the class of %v is %d, want %d", cost, got, want)
		}
	}
}

func TestEstimateAllocatesNothing(t *testing.T) {
	m := crowded()
	if n := testing.AllocsPerRun(100, func() { m.Estimate(key) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// crowded knows a hundred kernels on two devices.
func crowded() *Model {
	m := New()
	for i := range 100 {
		for _, dev := range []string{key.Device, "cpu|AMD EPYC|"} {
			m.Observe(Key{Kernel: fmt.Sprintf("blas.kernel%d.float32", i), Class: 12, Device: dev}, 1000, 1)
		}
	}
	for i := range kept {
		m.Observe(key, float64(i+1), 1)
	}
	return m
}

func BenchmarkEstimate(b *testing.B) {
	m := crowded()
	b.Run("one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Estimate(key)
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				m.Estimate(key)
			}
		})
	})
}

// A size that was never seen is judged by the nearest one that was.
func TestNearest(t *testing.T) {
	m := New()
	k := key
	for size, rate := range map[int]float64{5: 500, 9: 900} {
		k.Size = size
		m.Observe(k, rate, 1)
	}
	for size, want := range map[int]float64{5: 500, 6: 500, 8: 900, 9: 900, 9 + farthest: 900, 1: 500} {
		k.Size = size
		if e, ok := m.Nearest(k); !ok || e.Rate != want {
			t.Errorf("size %d: rate %v, %v; want %v", size, e.Rate, ok, want)
		}
	}
	k.Size = 10 + farthest
	if e, ok := m.Nearest(k); ok {
		t.Errorf("too far away, and yet %v", e)
	}
	k.Size, k.Device = 5, "another"
	if e, ok := m.Nearest(k); ok {
		t.Errorf("another device, and yet %v", e)
	}
}
