package kernels

import (
	"fmt"
	"strings"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels/internal/ptx"
)

// CUDAText is the CUDA C of a kernel, prelude and Text, or "" if it has none:
// what [Function.PTX] is compiled from, by whatever tool. NVRTC needs no option for
// it. The built-in kernels are compiled with --fmad=false.
func (k *Kernel) CUDAText() string {
	if k.CUDA == nil {
		return ""
	}
	return k.CUDA.prelude(k) + k.CUDA.Text
}

// source is the variant for a device. PTX needs no text beside it.
func (f *Function) source(k *Kernel) device.Source {
	text := f.PTX
	if text == "" {
		text = k.CUDAText()
		// A kernel of this repository's. One of somebody else's that has its name
		// has not its text.
		if archived := ptx.Text(k.Name); ptx.Fresh(archived, text) {
			text = archived
		}
	}
	return device.Source{
		Text:    text,
		Newer:   f.Newer,
		Scalars: k.deviceWords(),
		Block:   device.Block{Entry: entryName(k.Name), Size: f.Block, Shared: f.Shared},
		Library: f.Library,
	}
}

// entryName is the name of the function that a kernel's CUDA text defines.
func entryName(kernel string) string {
	return "tandem_" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, kernel)
}

// prelude declares what [Kernel.Source] says, and defines the function that the
// driver calls: it takes the words apart and calls the body, which the compiler
// puts in its place.
func (f *Function) prelude(k *Kernel) string {
	buffers := make([]string, 0, MaxParams+2) // as the driver passes them
	params := []string{"unsigned tandem_n", "unsigned tandem_lo"}
	args := []string{"tandem_word.w[0]", "tandem_word.w[1]"}
	for i, p := range k.Params {
		pointer := p.Type.cuda() + " *"
		if p.Access == In {
			pointer = "const " + pointer
		}
		buffers = append(buffers, fmt.Sprintf("%standem_buffer_%d", pointer, i))
		params = append(params, pointer+p.Name, "unsigned "+p.Name+"_at")
		args = append(args, fmt.Sprintf("tandem_buffer_%d", i), fmt.Sprintf("tandem_word.w[%d]", 2+i))
	}
	w := 2 + len(k.Params)
	for _, s := range k.Scalars {
		params = append(params, s.Type.cuda()+" "+s.Name)
		args = append(args, s.Type.fromWords(w))
		w += s.Type.Size() / 4
	}
	if k.Reduction != nil {
		buffers = append(buffers, "unsigned *tandem_partial")
		params = append(params, "unsigned *tandem_partial")
		args = append(args, "tandem_partial")
	}
	buffers = append(buffers, "tandem_words tandem_word")

	var b strings.Builder
	b.WriteString("#define TANDEM_KERNEL static __device__ __forceinline__ void tandem_kernel( \\\n\t" + strings.Join(params, ", \\\n\t") + ")\n")
	fmt.Fprintf(&b, "struct tandem_words { unsigned w[%d]; };\n", w)
	b.WriteString("__device__ __forceinline__ unsigned tandem_group() { return (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x; }\n")
	b.WriteString("__device__ __forceinline__ unsigned tandem_groups() { return gridDim.x * gridDim.y * gridDim.z; }\n")
	b.WriteString("__device__ __forceinline__ unsigned tandem_index() { return tandem_group() * blockDim.x + threadIdx.x; }\n")
	b.WriteString("TANDEM_KERNEL;\n")
	bounds := fmt.Sprint(k.cudaGrid.size())
	if f.Resident > 0 {
		bounds += fmt.Sprintf(", %d", f.Resident)
	}
	fmt.Fprintf(&b, "extern \"C\" __global__ void __launch_bounds__(%s)\n%s(%s)\n{\n\ttandem_kernel(%s);\n}\n#line 1\n",
		bounds, entryName(k.Name), strings.Join(buffers, ", "), strings.Join(args, ", "))
	return b.String()
}

func (t Type) cuda() string {
	return [...]string{"float", "double", "int", "unsigned", "long long", "unsigned long long", "unsigned short"}[t]
}

// fromWords is the scalar that begins at word w.
func (t Type) fromWords(w int) string {
	switch t {
	case Float32:
		return fmt.Sprintf("__uint_as_float(tandem_word.w[%d])", w)
	case Float64:
		return fmt.Sprintf("__hiloint2double((int)tandem_word.w[%d], (int)tandem_word.w[%d])", w+1, w)
	case Int32:
		return fmt.Sprintf("(int)tandem_word.w[%d]", w)
	case Int64:
		return fmt.Sprintf("(long long)((unsigned long long)tandem_word.w[%d] << 32 | tandem_word.w[%d])", w+1, w)
	case Uint64:
		return fmt.Sprintf("(unsigned long long)tandem_word.w[%d] << 32 | tandem_word.w[%d]", w+1, w)
	}
	return fmt.Sprintf("tandem_word.w[%d]", w)
}
