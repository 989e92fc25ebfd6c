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

const (
	// What is below the bits of -Inf, inverted: NaN with a sign. Adding so much takes
	// those without a sign, which are above +Inf, round to 0.
	nans32 = 1<<23 - 1
	nans64 = 1<<52 - 1
)

// encode makes words of the bits of keys of type K.
func encode[K Key, U word](x []U) {
	var zero K
	switch any(zero).(type) {
	case int32, int64:
		flip(x)
	case float32, float64:
		top, nans := layout[U]()
		for i, b := range x {
			x[i] = (b ^ (-(b >> top) | 1<<top)) + nans
		}
	}
}

// decode makes the bits of keys of words.
func decode[K Key, U word](x []U) {
	var zero K
	switch any(zero).(type) {
	case int32, int64:
		flip(x)
	case float32, float64:
		top, nans := layout[U]()
		for i, b := range x {
			b -= nans
			x[i] = b ^ ((b>>top - 1) | 1<<top)
		}
	}
}

// layout has the place of the sign, and what is added to floating-point numbers.
func layout[U word]() (top uint, nans U) {
	if wide[U]() == 1 {
		wide := uint64(nans64)
		return 63, U(wide)
	}
	return 31, nans32
}

func flip[U word](x []U) {
	top, _ := layout[U]()
	for i := range x {
		x[i] ^= 1 << top
	}
}
