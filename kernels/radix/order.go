package radix

import "unsafe"

// Key is a type of numbers to sort by.
type Key interface {
	uint32 | int32 | float32 | uint64 | int64 | float64
}

// word is a key as an unsigned number that is ordered as keys are.
type word interface{ uint32 | uint64 }

// wide is 1 for words of 64 bits and 0 for those of 32.
func wide[U word]() int {
	var zero U
	return int(unsafe.Sizeof(zero))/4 - 1
}

// words is the same memory as the bits of the keys.
func words[U word, K Key](keys []K) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(keys))), len(keys))
}

// order is how the bits of a type of keys become words and back, in place.
type order[U word] struct{ encode, decode func([]U) }

const (
	sign32 = 1 << 31
	sign64 = 1 << 63
	// What is below the bits of -Inf, inverted: NaN with a sign. Adding so much takes
	// those without a sign, which are above +Inf, round to 0.
	nans32 = 1<<23 - 1
	nans64 = 1<<52 - 1
)

func orderOf[U word, K Key]() order[U] {
	var zero K
	switch any(zero).(type) {
	case int32:
		return order[U]{flip[U](sign32), flip[U](sign32)}
	case int64:
		sign := uint64(sign64)
		return order[U]{flip(U(sign)), flip(U(sign))}
	case float32:
		return float[U](31, nans32)
	case float64:
		nans := uint64(nans64)
		return float(63, U(nans))
	}
	same := func([]U) {}
	return order[U]{same, same}
}

func flip[U word](sign U) func([]U) {
	return func(x []U) {
		for i := range x {
			x[i] ^= sign
		}
	}
}

// float is for floating-point numbers whose sign is bit top.
func float[U word](top uint, nans U) order[U] {
	return order[U]{
		func(x []U) {
			for i, b := range x {
				x[i] = (b ^ (-(b >> top) | 1<<top)) + nans
			}
		},
		func(x []U) {
			for i, b := range x {
				b -= nans
				x[i] = b ^ ((b>>top - 1) | 1<<top)
			}
		},
	}
}
