package kernels_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// probe is a kernel that records how it was called: an array of each kind of
// footprint, and a scalar of each type.
type probe struct {
	kernel *kernels.Kernel
	calls  []probed
}

type probed struct {
	lo, hi  int
	bases   [3]int
	lengths [3]int
	first   float64 // of the halo's window
	scalars [4]float64
}

func newProbe() *probe {
	p := &probe{}
	p.kernel = kernels.Define(kernels.Kernel{
		Name: "probe",
		Params: []kernels.Param{
			{Name: "halo", Type: kernels.Float64, Access: kernels.In},
			{Name: "whole", Type: kernels.Int32, Access: kernels.In},
			{Name: "rows", Type: kernels.Float32, Access: kernels.Out},
		},
		Scalars: []kernels.Scalar{
			{Name: "a", Type: kernels.Float32},
			{Name: "b", Type: kernels.Float64},
			{Name: "c", Type: kernels.Int32},
			{Name: "d", Type: kernels.Uint32},
		},
		Go: func(c *kernels.Call) {
			halo, whole, rows := kernels.Slice[float64](c, 0), kernels.Slice[int32](c, 1), kernels.Slice[float32](c, 2)
			p.calls = append(p.calls, probed{
				lo: c.Lo, hi: c.Hi,
				bases:   [3]int{c.Base(0), c.Base(1), c.Base(2)},
				lengths: [3]int{len(halo), len(whole), len(rows)},
				first:   halo[0],
				scalars: [4]float64{float64(c.Float32(0)), c.Float64(1), float64(c.Int(2)), float64(c.Uint(3))},
			})
			c.Partial = kernels.Partial{1, math.Inf(-1), -0.25, float64(c.Lo)}
		},
		Reduction: &kernels.Reduction{
			Combine: func(a, _ kernels.Partial) kernels.Partial { return a },
			Finish:  func(any, *int, kernels.Partial) {},
		},
	})
	return p
}

// launch binds the probe to 10 indices: rows of 4 elements, 3 of them used.
func (p *probe) launch() kernels.Launch {
	halo := make([]float64, 20)
	for i := range halo {
		halo[i] = float64(i)
	}
	l := kernels.NewLaunch(p.kernel, 10)
	l.AddArg(kernels.Of[float64](halo), kernels.Footprint{Per: 2, Halo: 3})
	l.AddArg(kernels.Of[int32](make([]int32, 7)), kernels.Whole)
	l.AddArg(kernels.Of[float32](make([]float32, 39)), kernels.Footprint{Per: 4, Width: 3})
	l.AddFloat(0.1)
	l.AddFloat(math.Pi)
	l.AddInt(-5)
	l.AddInt(math.MaxUint32)
	return l
}

func TestRunGivesACallItsWindows(t *testing.T) {
	p := newProbe()
	l := p.launch()
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	scalars := [4]float64{float64(float32(0.1)), math.Pi, -5, math.MaxUint32}
	for _, want := range []probed{
		{0, 10, [3]int{0, 0, 0}, [3]int{20, 7, 39}, 0, scalars},
		{0, 1, [3]int{0, 0, 0}, [3]int{5, 7, 3}, 0, scalars},
		{4, 6, [3]int{5, 0, 16}, [3]int{10, 7, 7}, 5, scalars},
		{9, 10, [3]int{15, 0, 36}, [3]int{5, 7, 3}, 15, scalars},
	} {
		p.calls = nil
		if got := l.Run(want.lo, want.hi); got != (kernels.Partial{1, math.Inf(-1), -0.25, float64(want.lo)}) {
			t.Errorf("the partial of [%d, %d) is %v", want.lo, want.hi, got)
		}
		if len(p.calls) != 1 || p.calls[0] != want {
			t.Errorf("called with %+v, want %+v", p.calls, want)
		}
	}
}

// TestWordsCarryACall runs random parts inline and through the words of a device
// that runs Go: the kernel must not see a difference.
func TestWordsCarryACall(t *testing.T) {
	rng := seeded(t)
	p := newProbe()
	l := p.launch()
	src, err := p.kernel.Source(device.Go)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		lo := rng.IntN(l.N())
		hi := lo + 1 + rng.IntN(l.N()-lo)
		p.calls = nil
		want := l.Run(lo, hi)

		var offsets []int
		var buffers [][]byte
		for k := range l.Args() {
			a := &l.Args()[k]
			from, to := a.Window(lo, hi)
			offset := 2 * rng.IntN(5)
			size := a.Type().Size()
			b := make([]byte, (offset+to-from)*size)
			copy(b[offset*size:], a.HostBytes(from, to))
			offsets, buffers = append(offsets, offset), append(buffers, b)
		}
		groups, err := l.Groups(device.Go, device.Caps{}, hi-lo)
		if err != nil {
			t.Fatal(err)
		}
		partial := make([]byte, l.PartialBytes(device.Go, groups))
		words := l.Words(nil, device.Go, lo, hi, offsets)
		if len(words) != src.Scalars || len(buffers)+1 != src.Buffers {
			t.Fatalf("%d words and %d buffers, the source has %d and %d", len(words), len(buffers)+1, src.Scalars, src.Buffers)
		}
		src.Func(device.HostCall{Groups: groups, Buffers: append(buffers, partial), Scalars: words})
		if got := l.DecodePartials(device.Go, lo, partial); got != want {
			t.Errorf("the partial of [%d, %d) is %v, inline %v", lo, hi, got, want)
		}
		if len(p.calls) != 2 || p.calls[0] != p.calls[1] {
			t.Fatalf("called inline and by words with %+v", p.calls)
		}
	}
}

func TestSourceInGLSL(t *testing.T) {
	l := kernels.Daxpy(2, make([]float64, 100), make([]float64, 100))
	src, err := l.Kernel().Source(device.GLSL)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"#version 430 core\n", "double x[]", "double y[]", "tandem_word[6]", "double a ="} {
		if !strings.Contains(src.Text, text) {
			t.Errorf("no %q in the source:\n%s", text, src.Text)
		}
	}
	two := math.Float64bits(2)
	// The windows begin at element 40 and stand at elements 7 and 50 of their buffers.
	want := []uint32{20, 40, math.MaxUint32 - 32, 10, uint32(two), uint32(two >> 32)}
	if got := l.Words(nil, device.GLSL, 40, 60, []int{7, 50}); !slices.Equal(got, want) || len(got) != src.Scalars {
		t.Errorf("the words are %v, want %v", got, want)
	}
	probe := newProbe()
	if _, err := probe.kernel.Source(device.GLSL); !errors.Is(err, device.ErrUnsupported) {
		t.Errorf("the source of a kernel without a shader: %v", err)
	}
	for _, lang := range []device.Language{"", "fortran"} {
		if _, err := l.Kernel().Source(lang); !errors.Is(err, device.ErrUnsupported) {
			t.Errorf("the source in a language it does not speak: %v", err)
		}
		if _, err := l.Groups(lang, device.Caps{}, 1); !errors.Is(err, device.ErrUnsupported) {
			t.Errorf("the groups in a language it does not speak: %v", err)
		}
	}
}

func TestGroupsFold(t *testing.T) {
	l := kernels.Fill[float32](1, make([]float32, 1))
	caps := device.Caps{Language: device.GLSL, MaxGroups: [3]int{100, 50, 1}}
	for n, want := range map[int][3]int{
		1: {1, 1, 1}, 256: {1, 1, 1}, 257: {2, 1, 1}, 100 * 256: {100, 1, 1},
		100*256 + 1: {51, 2, 1}, 5000 * 256: {100, 50, 1},
	} {
		got, err := l.Groups(device.GLSL, caps, n)
		if err != nil || got != want {
			t.Errorf("%d indices: %v, %v; want %v", n, got, err, want)
		}
	}
	if _, err := l.Groups(device.GLSL, caps, 5000*256+1); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("more groups than the device takes: %v", err)
	}
}

func TestRunnable(t *testing.T) {
	able := device.Caps{
		Language: device.GLSL, Float64: true, MaxGroupSize: 1024, SharedMemory: 32 << 10, MaxIterations: 65535,
		MaxGroups: [3]int{65535, 65535, 65535},
	}
	result := 0.0
	l := kernels.Sum(&result, make([]float64, 10))
	if err := l.Runnable(able, 10); err != nil {
		t.Errorf("a device that can: %v", err)
	}
	for name, weaken := range map[string]func(c *device.Caps) (n int){
		"language":   func(c *device.Caps) int { c.Language = "fortran"; return 10 },
		"float64":    func(c *device.Caps) int { c.Float64 = false; return 10 },
		"group":      func(c *device.Caps) int { c.MaxGroupSize = 64; return 10 },
		"shared":     func(c *device.Caps) int { c.SharedMemory = 1 << 10; return 10 },
		"buffers":    func(c *device.Caps) int { c.MaxBuffers = 1; return 10 },
		"iterations": func(*device.Caps) int { return math.MaxUint32 * 8 },
		"indices":    func(c *device.Caps) int { c.MaxIterations = 0; return math.MaxUint32 + 1 },
	} {
		caps := able
		n := weaken(&caps)
		if err := l.Runnable(caps, n); !errors.Is(err, device.ErrUnsupported) {
			t.Errorf("%s: %v, want ErrUnsupported", name, err)
		}
	}
}

// TestReductionIterations has a bound of an invocation's turns that a smaller launch
// keeps within: a scheduler makes launches smaller until a driver takes them.
func TestReductionIterations(t *testing.T) {
	sum := 0.0
	l := kernels.Sum(&sum, make([]float64, 1))
	shader, before := l.Kernel().GLSL, int64(0)
	for n := 1; n < 1<<30; n += 1 + n/7 {
		threads := shader.Groups(&l, n)[0] * shader.Local[0]
		bound := shader.Iterations(&l, n)
		if turns := int64((n + threads - 1) / threads); turns >= bound || bound < before {
			t.Fatalf("%d indices: an invocation has %d of them, and a bound of %d; that of fewer is %d", n, turns, bound, before)
		}
		before = bound
	}
	if few := shader.Iterations(&l, 1); few >= before/4 {
		t.Errorf("one index has a bound of %d, many have %d", few, before)
	}
}

func TestArgumentErrors(t *testing.T) {
	x, y := make([]float32, 8), make([]float32, 8)
	var sum float32
	var gone *residency.Buffer[float32]
	closed := kernels.NewLaunch(newProbe().kernel, -1)
	for name, c := range map[string]struct {
		launch kernels.Launch
		arg    string
		cause  error
	}{
		"nil slice":       {kernels.Saxpy(1, []float32(nil), y), "x", kernels.ErrNil},
		"nil buffer":      {kernels.Saxpy(1, x, gone), "y", kernels.ErrNil},
		"length":          {kernels.Dot(&sum, x, y[:7]), "y", kernels.ErrShape},
		"nil result":      {kernels.Sum[float32](nil, x), "result", kernels.ErrNil},
		"empty":           {kernels.Maximum(&sum, nil, x[:0]), "x", kernels.ErrShape},
		"overlap":         {kernels.Saxpy(1, x[:7], x[1:]), "y", kernels.ErrOverlap},
		"types":           {kernels.Add(kernels.Of[float32](x), kernels.Of[float64](make([]float64, 8)), kernels.Of[float32](y)), "x", kernels.ErrShape},
		"negative space":  {closed, "n", kernels.ErrShape},
		"missing":         {kernels.NewLaunch(newProbe().kernel, 1), "launch", kernels.ErrShape},
		"zero launch":     {kernels.Launch{}, "launch", kernels.ErrShape},
		"buffer overlaps": {overlapping(), "y", kernels.ErrOverlap},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.launch, c.arg, c.cause) })
	}
	for name, l := range map[string]kernels.Launch{
		"in place": kernels.Add(x, x, x), "twice read": kernels.Dot(&sum, x, x), "side by side": kernels.Saxpy(1, x[:4], x[4:]),
		"empty sum": kernels.Sum(&sum, x[:0]),
	} {
		if err := l.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// overlapping reads elements of its neighbours in the array that it writes.
func overlapping() kernels.Launch {
	k := kernels.Define(kernels.Kernel{
		Name: "neighbours", Go: func(*kernels.Call) {},
		Params: []kernels.Param{{Name: "x", Type: kernels.Float32, Access: kernels.In}, {Name: "y", Type: kernels.Float32, Access: kernels.Out}},
	})
	b := residency.New[float32](8)
	l := kernels.NewLaunch(k, 8)
	l.AddArg(kernels.Of[float32](b), kernels.Footprint{Per: 1, Halo: 1})
	l.AddArg(kernels.Of[float32](b), kernels.Elementwise)
	return l
}

func TestAddIntKeepsWhatDoesNotFit(t *testing.T) {
	k := newProbe().kernel
	for arg, values := range map[string][2]int{"c": {math.MaxInt32 + 1, 0}, "d": {0, -1}} {
		l := kernels.NewLaunch(k, 0)
		l.AddFloat(0)
		l.AddFloat(0)
		l.AddInt(values[0])
		l.AddInt(values[1])
		refused(t, l, arg, kernels.ErrShape)
	}
}

// TestReductionsOfNothing are what a launch stores when its index space is empty.
func TestReductionsOfNothing(t *testing.T) {
	got := [4]float64{1, 1, 1, 1}
	none := []float64{}
	for i, l := range []kernels.Launch{
		kernels.Sum(&got[0], none), kernels.Asum(&got[1], none), kernels.Dot(&got[2], none, none), kernels.Nrm2(&got[3], none),
	} {
		if err := l.Err(); err != nil {
			t.Fatal(err)
		}
		value, index := l.Result()
		l.Kernel().Reduction.Finish(value, index, kernels.Partial{})
		if got[i] != 0 || math.Signbit(got[i]) {
			t.Errorf("%s of nothing is %v", l.Kernel().Name, got[i])
		}
	}
}
