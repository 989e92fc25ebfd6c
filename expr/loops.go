package expr

import (
	"math"
	"unsafe"

	"github.com/tandem-go/tandem/kernels"
)

// loops are those of operations whose inputs have the type of the result, by that
// type; comparisons are found by the type of what they compare, with the result
// as wide. What the processor has vectors for is replaced at start.
var loops = func() (all [ops][kinds]loop) {
	addNumber[float32](&all, float32s)
	addNumber[float64](&all, float64s)
	addNumber[int32](&all, int32s)
	addNumber[uint32](&all, uint32s)
	addNumber[int64](&all, int64s)
	addNumber[uint64](&all, uint64s)
	addCompare[float32, uint32](&all, float32s)
	addCompare[float64, uint64](&all, float64s)
	addCompare[int32, uint32](&all, int32s)
	addCompare[uint32, uint32](&all, uint32s)
	addCompare[int64, uint64](&all, int64s)
	addCompare[uint64, uint64](&all, uint64s)
	addFloat[float32](&all, float32s)
	addFloat[float64](&all, float64s)
	addInteger[int32, uint32](&all, int32s)
	addInteger[uint32, uint32](&all, uint32s)
	addInteger[int64, uint64](&all, int64s)
	addInteger[uint64, uint64](&all, uint64s)
	for _, k := range []kind{mask32, mask64} {
		for _, o := range []op{opAnd, opOr, opXor, opNot} {
			all[o][k] = all[o][k.unsigned()]
		}
	}
	for k := float32s; k < kinds; k++ {
		all[opWhere][k] = where[uint32]
		if k.size() == 8 {
			all[opWhere][k] = where[uint64]
		}
	}
	all[opAbs][float32s], all[opAbs][float64s] = clearSign32, clearSign64
	all[opNeg][float32s], all[opNeg][float64s] = flipSign32, flipSign64
	all[opAbs][uint32s], all[opAbs][uint64s] = copyLoop[uint32], copyLoop[uint64]
	all[opExp] = [kinds]loop{float32s: exp32, float64s: exp64}
	all[opLog] = [kinds]loop{float32s: log32, float64s: log64}
	all[opTanh] = [kinds]loop{float32s: tanh[float32], float64s: tanh[float64]}
	return all
}()

// loopOf is the loop of a step that is no leaf.
func loopOf(s *step, steps []step) loop {
	switch from := steps[s.args[0]].typ; s.op {
	case opConvert:
		return convertLoops[from][s.typ]
	case opLess, opLessEqual, opEqual, opNotEqual:
		return loops[s.op][from]
	}
	return loops[s.op][s.typ]
}

var copyLoops = [kinds]loop{
	copyLoop[uint32], copyLoop[uint64], copyLoop[uint32], copyLoop[uint32], copyLoop[uint64], copyLoop[uint64],
}

func copyLoop[T any](dst, a, _, _ unsafe.Pointer, n int) {
	copy(elements[T](dst, n), elements[T](a, n))
}

// operands are the result and both inputs, of one length, which the compiler sees.
func operands[T, U any](dst, a, b unsafe.Pointer, n int) (d []U, x, y []T) {
	return unsafe.Slice((*U)(dst), n), unsafe.Slice((*T)(a), n)[:n], unsafe.Slice((*T)(b), n)[:n]
}

func addNumber[T Element](all *[ops][kinds]loop, k kind) {
	all[opAdd][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] + y[i]
		}
	}
	all[opSub][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] - y[i]
		}
	}
	all[opMul][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] * y[i]
		}
	}
	all[opMin][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = min(x[i], y[i])
		}
	}
	all[opMax][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = max(x[i], y[i])
		}
	}
	all[opNeg][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = -x[i]
		}
	}
	all[opAbs][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = max(x[i], -x[i])
		}
	}
}

// all ones where c holds.
func mask[M uint32 | uint64](c bool) M {
	var m M
	if c {
		m = 1
	}
	return -m
}

func addCompare[T Element, M uint32 | uint64](all *[ops][kinds]loop, k kind) {
	all[opLess][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, M](dst, a, b, n)
		for i := range d {
			d[i] = mask[M](x[i] < y[i])
		}
	}
	all[opLessEqual][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, M](dst, a, b, n)
		for i := range d {
			d[i] = mask[M](x[i] <= y[i])
		}
	}
	all[opEqual][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, M](dst, a, b, n)
		for i := range d {
			d[i] = mask[M](x[i] == y[i])
		}
	}
	all[opNotEqual][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, M](dst, a, b, n)
		for i := range d {
			d[i] = mask[M](x[i] != y[i])
		}
	}
}

func where[T uint32 | uint64](dst, c, a, b unsafe.Pointer, n int) {
	d, x, y := operands[T, T](dst, a, b, n)
	m := unsafe.Slice((*T)(c), n)[:n]
	for i := range d {
		d[i] = x[i]&m[i] | y[i]&^m[i]
	}
}

func addFloat[T Float](all *[ops][kinds]loop, k kind) {
	all[opDiv][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] / y[i]
		}
	}
	// Each of these is one instruction where the processor has it.
	all[opSqrt][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = T(math.Sqrt(float64(x[i])))
		}
	}
	all[opFloor][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = T(math.Floor(float64(x[i])))
		}
	}
	all[opCeil][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = T(math.Ceil(float64(x[i])))
		}
	}
	all[opTrunc][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = T(math.Trunc(float64(x[i])))
		}
	}
	all[opRound][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = T(math.RoundToEven(float64(x[i])))
		}
	}
}

// What changes only the sign's bit keeps NaN as they are.
func clearSign32(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[uint32, uint32](dst, a, a, n)
	for i := range d {
		d[i] = x[i] &^ (1 << 31)
	}
}

func clearSign64(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[uint64, uint64](dst, a, a, n)
	for i := range d {
		d[i] = x[i] &^ (1 << 63)
	}
}

func flipSign32(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[uint32, uint32](dst, a, a, n)
	for i := range d {
		d[i] = x[i] ^ 1<<31
	}
}

func flipSign64(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[uint64, uint64](dst, a, a, n)
	for i := range d {
		d[i] = x[i] ^ 1<<63
	}
}

// addInteger has T for signs, and U for counts and division by 0.
func addInteger[T, U Integer](all *[ops][kinds]loop, k kind) {
	bits := U(8 * k.size())
	all[opDiv][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			q := T(0)
			if y[i] != 0 {
				q = x[i] / y[i]
			}
			d[i] = q
		}
	}
	all[opRem][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			r := x[i]
			if y[i] != 0 {
				r %= y[i]
			}
			d[i] = r
		}
	}
	all[opAnd][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] & y[i]
		}
	}
	all[opOr][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] | y[i]
		}
	}
	all[opXor][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] ^ y[i]
		}
	}
	all[opNot][k] = func(dst, a, _, _ unsafe.Pointer, n int) {
		d, x, _ := operands[T, T](dst, a, a, n)
		for i := range d {
			d[i] = ^x[i]
		}
	}
	all[opShl][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] << min(U(y[i]), bits)
		}
	}
	all[opShr][k] = func(dst, a, b, _ unsafe.Pointer, n int) {
		d, x, y := operands[T, T](dst, a, b, n)
		for i := range d {
			d[i] = x[i] >> min(U(y[i]), bits)
		}
	}
}

// The functions are those of package kernels, called without its detour by a pointer,
// which costs a tenth of them. Where package math is not right, it is asked.

func exp32(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[float32, float32](dst, a, a, n)
	for i := range d {
		d[i] = float32(math.Exp(float64(x[i])))
	}
}

func log32(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[float32, float32](dst, a, a, n)
	for i := range d {
		d[i] = float32(math.Log(float64(x[i])))
	}
}

func tanh[T Float](dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[T, T](dst, a, a, n)
	for i := range d {
		d[i] = T(math.Tanh(float64(x[i])))
	}
}

var kernelExp, kernelLog = builtin(kernels.Exp[[]float64]), builtin(kernels.Log[[]float64])

func exp64(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[float64, float64](dst, a, a, n)
	for i := range d {
		if v := x[i]; v <= 709 || !(v <= 709.782712893384) {
			d[i] = math.Exp(v)
		} else {
			kernelExp(unsafe.Pointer(&d[i]), unsafe.Pointer(&x[i]), nil, nil, 1)
		}
	}
}

func log64(dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[float64, float64](dst, a, a, n)
	for i := range d {
		if v := x[i]; v >= 0x1p-1022 || !(v > 0) {
			d[i] = math.Log(v)
		} else {
			kernelLog(unsafe.Pointer(&d[i]), unsafe.Pointer(&x[i]), nil, nil, 1)
		}
	}
}

// builtin computes a function of package kernels, by its own variant for the host.
func builtin[T Float](launch func(dst, x []T) kernels.Launch) loop {
	return func(dst, a, _, _ unsafe.Pointer, n int) {
		l := launch(elements[T](dst, n), elements[T](a, n))
		l.Run(0, n)
	}
}
