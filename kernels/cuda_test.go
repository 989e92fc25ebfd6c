package kernels_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/internal/ptx"
)

// TestBuiltinSpeakCUDA holds every kernel to a CUDA variant whose PTX has been
// compiled from the text that the kernel has now.
func TestBuiltinSpeakCUDA(t *testing.T) {
	all := kernels.Builtin()
	if len(all) != 120 {
		t.Errorf("%d kernels, there were 120: add a new one to Builtin", len(all))
	}
	for _, k := range all {
		src, err := k.Source(device.CUDA)
		if err != nil {
			t.Error(err)
			continue
		}
		if !ptx.Fresh(src.Text, k.CUDAText()) {
			t.Errorf("%s: its PTX is not of its text: make generate", k.Name)
		}
		for _, text := range []string{"\n.version ", "\n.target sm_52\n", "\n.visible .entry " + src.Block.Entry + "("} {
			if !strings.Contains(src.Text, text) {
				t.Errorf("%s: no %q in its PTX", k.Name, text)
			}
		}
		if size := k.CUDA.Block[0] * max(1, k.CUDA.Block[1]) * max(1, k.CUDA.Block[2]); size%32 != 0 || size > 1024 {
			t.Errorf("%s: blocks of %d threads", k.Name, size)
		}
		if want := strings.HasPrefix(k.Name, "gemm"); want != (src.Library != "") {
			t.Errorf("%s: the library's routine is %q", k.Name, src.Library)
		}
	}
}

// TestSourceInCUDA looks at all that the prelude says of a kernel with a
// parameter and a scalar of each kind.
func TestSourceInCUDA(t *testing.T) {
	k := kernels.Define(kernels.Kernel{
		Name: "probe-2.float64",
		Params: []kernels.Param{
			{Name: "x", Type: kernels.Float64, Access: kernels.In},
			{Name: "y", Type: kernels.Int32, Access: kernels.InOut},
		},
		Scalars: []kernels.Scalar{
			{Name: "a", Type: kernels.Float32},
			{Name: "b", Type: kernels.Float64},
			{Name: "c", Type: kernels.Int32},
			{Name: "d", Type: kernels.Uint32},
		},
		Go: func(*kernels.Call) {},
		Reduction: &kernels.Reduction{
			Decode:  func(lo int, words []uint32) kernels.Partial { return kernels.Partial{float64(lo), float64(words[1])} },
			Combine: func(a, b kernels.Partial) kernels.Partial { return kernels.Partial{a[0], a[1] + b[1]} },
		},
		CUDA: &kernels.Function{
			Text: "TANDEM_KERNEL {}", Block: [3]int{16, 8}, Shared: 1 << 10, PartialWords: 2, Library: "probe",
			Newer:  []device.Code{{Capability: 90, Text: ".version 7.8"}},
			Groups: func(_ *kernels.Launch, n int) [3]int { return [3]int{n, 2, 1} },
		},
	})
	src, err := k.Source(device.CUDA)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"const double *x, \\\n\tunsigned x_at", "int *y, \\\n\tunsigned y_at", "\tfloat a,", "\tdouble b,", "\tint c,", "\tunsigned d,",
		"struct tandem_words { unsigned w[9]; };", "__hiloint2double((int)tandem_word.w[6], (int)tandem_word.w[5])",
		"extern \"C\" __global__ void __launch_bounds__(128)\ntandem_probe_2_float64(const double *tandem_buffer_0, int *tandem_buffer_1, unsigned *tandem_partial, tandem_words tandem_word)\n",
		"#line 1\nTANDEM_KERNEL {}",
	} {
		if !strings.Contains(src.Text, text) {
			t.Errorf("no %q in the source:\n%s", text, src.Text)
		}
	}
	src.Text = ""
	want := device.Source{
		Name: k.Name, Language: device.CUDA, Buffers: 3, Scalars: 9, Library: "probe",
		Block: device.Block{Entry: "tandem_probe_2_float64", Size: [3]int{16, 8}, Shared: 1 << 10},
	}
	if src.Func != nil || src.Name != want.Name || src.Language != want.Language || src.Buffers != want.Buffers ||
		src.Scalars != want.Scalars || src.Block != want.Block || src.Library != want.Library {
		t.Errorf("the source is %+v, want %+v", src, want)
	}

	x, y := make([]float64, 40), make([]int32, 40)
	l := kernels.NewLaunch(k, 40)
	l.AddArg(kernels.Of[float64](x), kernels.Elementwise)
	l.AddArg(kernels.Of[int32](y), kernels.Elementwise)
	l.AddFloat(0.5)
	l.AddFloat(2)
	l.AddInt(-1)
	l.AddInt(7)
	two := math.Float64bits(2)
	words := []uint32{20, 10, math.MaxUint32 - 6, 5, math.Float32bits(0.5), uint32(two), uint32(two >> 32), math.MaxUint32, 7}
	if got := l.Words(nil, device.CUDA, 10, 30, []int{3, 15}); !slices.Equal(got, words) {
		t.Errorf("the words are %v, want %v", got, words)
	}
	caps := device.Caps{
		Language: device.CUDA, Float64: true, MaxGroups: [3]int{15, 100, 1}, MaxGroupSize: 128, SharedMemory: 1 << 10,
	}
	if err := l.Runnable(caps, 20); err != nil {
		t.Errorf("a device that can: %v", err)
	}
	if groups, err := l.Groups(device.CUDA, caps, 14); err != nil || groups != [3]int{14, 2, 1} || l.PartialBytes(device.CUDA, groups) != 14*2*2*4 {
		t.Errorf("groups %v, %v, with %d bytes of partial results", groups, err, l.PartialBytes(device.CUDA, groups))
	}
	if got := l.DecodePartials(device.CUDA, 10, []byte{0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0}); got != (kernels.Partial{10, 7}) {
		t.Errorf("the partials are %v", got)
	}
	for name, weaken := range map[string]func(*device.Caps){
		"size":   func(c *device.Caps) { c.MaxGroupSize = 127 },
		"shared": func(c *device.Caps) { c.SharedMemory = 1023 },
	} {
		weak := caps
		weaken(&weak)
		if l.Runnable(weak, 20) == nil {
			t.Errorf("a device with too little %s is to run it", name)
		}
	}
}
