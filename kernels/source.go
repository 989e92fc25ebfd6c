package kernels

import (
	"fmt"

	"github.com/tandem-go/tandem/device"
)

// Source is the kernel for a device that takes the given language, or an error
// that wraps device.ErrUnsupported.
//
// A GLSL variant stands after a prelude that declares, for the kernel's own
// names:
//
//	uint tandem_n        number of indices of this dispatch
//	uint tandem_lo       the first of them, modulo 2^32
//	uint tandem_index()  number of this invocation in the dispatch, from 0
//	uint tandem_group()  number of this work-group in the dispatch, from 0
//	TYPE NAME[]          each array; element e of the whole array stands at
//	                     NAME[e + NAME_at], modulo 2^32
//	TYPE NAME            each scalar
//	uint tandem_partial[] for a reduction: PartialWords words a work-group
//
// So a device's buffer holds at most 2^32 elements. Dispatches may hold more
// invocations than indices; those at or above tandem_n must do nothing but take part
// in barriers.
//
// A CUDA variant has the same names, as parameters of the function that
// TANDEM_KERNEL begins; its body follows:
//
//	TANDEM_KERNEL {
//		unsigned i = tandem_index();
//		if (i >= tandem_n) return;
//		i += tandem_lo;
//		y[i + y_at] += a * x[i + x_at];
//	}
//
// unsigned takes the place of uint; tandem_groups() is the number of blocks.
// Arrays are pointers, to const where the kernel only reads; the same array may
// be bound twice, so none is __restrict__. The sum e + NAME_at is an unsigned
// one: written in an index, as above, it is right. Functions, structures and
// shared memory that the body uses stand before TANDEM_KERNEL, or in the body.
// There are no headers to include; CUDA's built-in functions need none.
//
// The tandem_ names are the package's. What a device gets is one function, named
// "tandem_" and the kernel's name with every character that no identifier has
// made an underscore: the PTX of [Function] must have been made from prelude and
// Text, or take the arguments that [device.Block] describes.
func (k *Kernel) Source(lang device.Language) (device.Source, error) {
	var src device.Source
	switch {
	case lang == device.Go:
		src = device.Source{Func: k.hostCall, Scalars: k.hostWords()}
	case lang == device.GLSL && k.GLSL != nil:
		src = device.Source{Text: k.GLSL.prelude(k) + k.GLSL.Text, Scalars: k.deviceWords()}
	case lang == device.CUDA && k.CUDA != nil:
		src = k.CUDA.source(k)
	default:
		return src, &device.Error{Op: "source", Device: string(lang), Err: k.silent(lang)}
	}
	src.Name, src.Language, src.Buffers = k.Name, lang, k.buffers()
	return src, nil
}

// Speaks reports whether the kernel has a variant in the given language.
func (k *Kernel) Speaks(lang device.Language) bool {
	return lang == device.Go || k.grid(lang) != nil
}

// silent is the error of a kernel without a variant in the given language.
func (k *Kernel) silent(lang device.Language) error {
	return fmt.Errorf("%w: kernel %s has no %s variant", device.ErrUnsupported, k.Name, lang)
}

// buffers is the number of buffers of a dispatch: the last one of a reduction is
// for the partial results.
func (k *Kernel) buffers() int {
	if k.Reduction != nil {
		return len(k.Params) + 1
	}
	return len(k.Params)
}

// deviceWords is the number of scalar words of a dispatch of work-groups: n, lo,
// one shift for each array, the scalars.
func (k *Kernel) deviceWords() int {
	w := 2 + len(k.Params)
	for _, s := range k.Scalars {
		w += s.Type.Size() / 4
	}
	return w
}
