package expr

import (
	"fmt"

	"github.com/tandem-go/tandem/kernels"
)

// Store is dst[i] = x at index i, for arrays of dst's length. dst may be one of
// the arrays of x; where it overlaps one otherwise, that is an error.
func Store[T Element, V kernels.Vector[T]](dst V, x Expr[T]) kernels.Launch {
	to := kernels.Of[T](dst)
	f, l, ok := begin(foldNothing, x.n, to.Len(), MaxArrays-1)
	defer f.release()
	if ok {
		f.bind(&l, to.Len())
		l.AddArg(to, kernels.Elementwise)
		l.SetGrain(storeGrain)
		f.price(&l, kindOf[T]().size())
	}
	return l
}

// Sum is *result = the sum of x over all indices; the sum of nothing is 0. Sums of
// integers wrap. For floats the error in the numbers that are added is that of
// [kernels.Sum].
func Sum[T Element](result *T, x Expr[T]) kernels.Launch {
	return reduce(foldSum, result, nil, x.n, result == nil)
}

// Mean is *result = the sum of x over all indices divided by their number, rounded
// once more; NaN if there is none.
func Mean[T Float](result *T, x Expr[T]) kernels.Launch {
	m := &mean{result: result}
	l := reduce(foldMean, m, nil, x.n, result == nil)
	m.n = l.N()
	return l
}

// mean is where the mean is stored, and of how many numbers it is.
type mean struct {
	result any
	n      int
}

// Nrm2 is *result = the square root of the sum of the squares of x, as
// [kernels.Nrm2] has it: nothing overflows or vanishes on the way.
func Nrm2[T Float](result *T, x Expr[T]) kernels.Launch {
	return reduce(foldNrm2, result, nil, x.n, result == nil)
}

// Minimum is *result = the least of x over all indices, as Go's built-in min has
// it. Unless index is nil, *index becomes the first index with it; where there are
// NaN, that of the first one. There must be an index.
func Minimum[T Element](result *T, index *int, x Expr[T]) kernels.Launch {
	return reduce(foldMin, result, index, x.n, result == nil)
}

// Maximum is *result = the greatest of x over all indices, as Go's built-in max has
// it. For index and the rest see [Minimum].
func Maximum[T Element](result *T, index *int, x Expr[T]) kernels.Launch {
	return reduce(foldMax, result, index, x.n, result == nil)
}

// Count is *result = the number of indices where c is true.
func Count(result *int, c Bool) kernels.Launch {
	return reduce(foldCount, result, nil, c.n, result == nil)
}

func reduce(as fold, result any, index *int, x *node, null bool) kernels.Launch {
	f, l, ok := begin(as, x, -1, MaxArrays)
	defer f.release()
	if !ok {
		return l
	}
	if null {
		l.Fail("result", kernels.ErrNil)
	}
	if (as == foldMin || as == foldMax) && l.N() == 0 {
		l.Fail(f.operandName(0), fmt.Errorf("%w: no elements, want at least one", kernels.ErrShape))
	}
	f.bind(&l, l.N())
	l.SetResult(result, index)
	f.price(&l, 0)
	return l
}

// faulty is the kernel of launches that have none.
var faulty = kernels.Define(kernels.Kernel{Name: "expr", Go: func(*kernels.Call) {}})

// begin starts a launch of x over n indices; if n is below 0, as many as the first
// array has. ok is false if there is no kernel, and the launch has its mistake.
func begin(as fold, x *node, n, arrays int) (f *flattening, l kernels.Launch, ok bool) {
	f = flattenings.Get().(*flattening)
	fail := func(err error) (*flattening, kernels.Launch, bool) {
		l = kernels.NewLaunch(faulty, 0)
		l.Fail("x", err)
		return f, l, false
	}
	if x == nil || x.bad {
		return fail(fmt.Errorf("%w: a zero Expr or Bool", kernels.ErrNil))
	}
	if x.depth > MaxOperations {
		return fail(&LimitError{What: "operations", Max: MaxOperations})
	}
	if _, err := f.add(x, arrays); err != nil {
		return fail(err)
	}
	if n < 0 {
		if len(f.arrays) == 0 {
			return fail(fmt.Errorf("%w: no array tells how many indices there are", kernels.ErrShape))
		}
		n = f.arrays[0].array.Len()
	}
	return f, kernels.NewLaunch(kernelOf(as, f), n), true
}

// bind adds the arrays, which must have n elements, and the scalars.
func (f *flattening) bind(l *kernels.Launch, n int) {
	for _, a := range f.arrays {
		if a.array.Len() != n {
			f.wantLen(l, n)
		}
		l.AddArg(a.array, kernels.Elementwise)
	}
	scalars := l.Kernel().Scalars
	for i, bits := range f.scalars {
		addScalar(l, scalars[i].Type, bits)
	}
}

// price states the cost of an index; written is the size of what is stored for it.
func (f *flattening) price(l *kernels.Launch, written int) {
	c := kernels.Cost{Bytes: float64(written)}
	for i := range f.steps {
		c.Flops += f.steps[i].op.flops()
	}
	for _, a := range f.arrays {
		c.Bytes += float64(a.typ.size())
	}
	l.SetCost(c)
}
