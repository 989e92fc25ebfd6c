package devicetest

import (
	"errors"
	"math"
	"strings"

	"github.com/tandem-go/tandem/device"
)

// checkLaunchSizes fills the middle of a buffer with every awkward number of
// elements and looks at what stands before and after.
func checkLaunchSizes(x *env) {
	s := x.stream()
	fill := x.compile(x.programs.Fill)
	sizes := []int{0, 1, 2, 3, 31, 32, 33, 997, 1 << 16}
	if g := x.programs.GroupSize; g > 0 {
		sizes = append(sizes, g-1, g, g+1, 7*g)
	}
	const before, after, untouched = 5, 3, -1
	for _, n := range sizes {
		want := make([]int32, before+n+after)
		for i := range want {
			want[i] = untouched
		}
		b := x.filled(s, append([]byte(nil), bytesOf(want)...))
		for i := range n {
			want[before+i] = 1000 + int32(i)
		}
		x.ok(s.Launch(fill, x.fill(b, n, before, 1000)))
		for i, got := range int32s(x.content(s, b)) {
			if got != want[i] {
				x.Fatalf("fill of %d elements from %d: element %d is %d, want %d", n, before, i, got, want[i])
			}
		}
	}
}

// checkLaunchFloat64 expects what IEEE 754 defines: one rounding of the product.
func checkLaunchFloat64(x *env) {
	if !x.dev.Info().Caps.Float64 {
		return
	}
	s := x.stream()
	scale := x.compile(x.programs.Scale)
	values := []float64{
		0, math.Copysign(0, -1), 1, -1, math.Pi, 1e300, -1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64,
		math.Inf(1), math.Inf(-1), math.NaN(),
	}
	for _, a := range values {
		b := x.filled(s, append([]byte(nil), bytesOf(values)...))
		bits := math.Float64bits(a)
		x.ok(s.Launch(scale, device.Dispatch{
			Groups: x.programs.groups(len(values)), Buffers: []device.Buffer{b},
			Scalars: []uint32{uint32(len(values)), uint32(bits), uint32(bits >> 32)},
		}))
		for i, got := range float64s(x.content(s, b)) {
			want := a * values[i]
			same := math.Float64bits(got) == math.Float64bits(want) || math.IsNaN(got) && math.IsNaN(want)
			if !same {
				x.Errorf("%g*%g is %g, want %g", a, values[i], got, want)
			}
		}
	}
}

// checkLaunchReusesSlices overwrites a dispatch's slices as soon as Launch has
// returned, while the stream is still busy with something before it.
func checkLaunchReusesSlices(x *env) {
	s := x.stream()
	fill, slow := x.compile(x.programs.Fill), x.compile(x.programs.Slow)
	const n = 64
	b, other := x.filled(s, make([]byte, 4*n)), x.filled(s, make([]byte, 4*n))
	x.ok(s.Launch(slow, x.slow(b, 0)))
	d := x.fill(b, 1, 0, 0)
	for i := range n {
		d.Buffers[0] = b
		d.Scalars[0], d.Scalars[1], d.Scalars[2] = 1, uint32(i), uint32(i*i)
		x.ok(s.Launch(fill, d))
		d.Buffers[0] = other
		d.Scalars[0], d.Scalars[1], d.Scalars[2] = 1, 0, 12345
	}
	for i, got := range int32s(x.content(s, b)) {
		if got != int32(i*i) {
			x.Fatalf("element %d is %d, want %d", i, got, i*i)
		}
	}
}

func checkLaunchGroups(x *env) {
	s := x.stream()
	fill := x.compile(x.programs.Fill)
	b := x.filled(s, make([]byte, 64))
	bad := [][3]int{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}, {1, math.MinInt, 1}, {}}
	for i, limit := range x.dev.Info().Caps.MaxGroups {
		if limit < math.MaxInt {
			g := [3]int{1, 1, 1}
			g[i] = limit + 1
			bad = append(bad, g)
		}
	}
	for _, g := range bad {
		d := x.fill(b, 1, 0, 99)
		d.Groups = g
		x.wantError(s.Launch(fill, d), "launch", device.ErrInvalid)
	}
	for _, got := range x.content(s, b) {
		if got != 0 {
			x.Fatal("a refused launch wrote to its buffer")
		}
	}
}

func checkLaunchArguments(x *env) {
	s := x.stream()
	fill := x.compile(x.programs.Fill)
	b := x.filled(s, make([]byte, 64))
	good := x.fill(b, 1, 0, 99)
	for what, change := range map[string]func(d *device.Dispatch){
		"no buffers":      func(d *device.Dispatch) { d.Buffers = nil },
		"two buffers":     func(d *device.Dispatch) { d.Buffers = []device.Buffer{b, b} },
		"a nil buffer":    func(d *device.Dispatch) { d.Buffers = []device.Buffer{nil} },
		"no words":        func(d *device.Dispatch) { d.Scalars = nil },
		"a word too many": func(d *device.Dispatch) { d.Scalars = make([]uint32, len(good.Scalars)+1) },
	} {
		d := good
		change(&d)
		err := s.Launch(fill, d)
		if !errors.Is(err, device.ErrInvalid) {
			x.Errorf("a launch with %s", what)
		}
		x.wantError(err, "launch", device.ErrInvalid)
	}
	x.wantError(s.Launch(nil, good), "launch", device.ErrInvalid)
	for _, got := range x.content(s, b) {
		if got != 0 {
			x.Fatal("a refused launch wrote to its buffer")
		}
	}
}

func checkCompileErrors(x *env) {
	broken := x.programs.Broken
	for range 2 { // also the second time, from a cache
		p, err := x.dev.Compile(broken)
		if p != nil {
			x.Error("a program came out of a broken source")
		}
		refused, ok := errors.AsType[*device.CompileError](err)
		if !ok {
			x.Fatalf("the error is %v, want a *device.CompileError", err)
		}
		if e, ok := errors.AsType[*device.Error](err); !ok || e.Op != "compile" || e.Device != x.id {
			x.Errorf("the error %v is no *device.Error that names the operation and the device", err)
		}
		if refused.Kernel != broken.Name || refused.Line != x.programs.BrokenLine {
			x.Errorf("kernel %q, line %d; want %q, line %d", refused.Kernel, refused.Line, broken.Name, x.programs.BrokenLine)
		}
		if refused.Log == "" || !strings.Contains(refused.Log, x.programs.BrokenLog) {
			x.Errorf("the log %q does not say %q", refused.Log, x.programs.BrokenLog)
		}
	}
	for _, lang := range []device.Language{"", "fortran", device.GLSL, device.CUDA, device.Go} {
		if lang == x.dev.Info().Caps.Language {
			continue
		}
		src := x.programs.Fill
		src.Language = lang
		_, err := x.dev.Compile(src)
		x.wantError(err, "compile", device.ErrUnsupported)
	}
}

// checkCompileTwice closes one of two programs of one source and uses the other.
func checkCompileTwice(x *env) {
	s := x.stream()
	b := x.filled(s, make([]byte, 8))
	first, err := x.dev.Compile(x.programs.Fill)
	x.ok(err)
	second, err := x.dev.Compile(x.programs.Fill)
	x.ok(err)
	x.ok(s.Launch(first, x.fill(b, 1, 0, 5)))
	x.ok(first.Close()) // with a launch of it enqueued
	x.wantError(first.Close(), "", device.ErrClosed)
	x.wantError(s.Launch(first, x.fill(b, 1, 0, 6)), "launch", device.ErrClosed)
	x.ok(s.Launch(second, x.fill(b, 1, 1, 7)))
	if got := int32s(x.content(s, b)); got[0] != 5 || got[1] != 7 {
		x.Errorf("the buffer holds %v, want [5 7]", got)
	}
	x.ok(second.Close())
	x.wantError(second.Close(), "", device.ErrClosed)
}
