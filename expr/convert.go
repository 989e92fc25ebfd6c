package expr

import "unsafe"

// convertLoops are by the type of the input and that of the result.
var convertLoops = [kinds][kinds]loop{
	float32s: convertFrom[float32](), float64s: convertFrom[float64](),
	int32s: convertFrom[int32](), uint32s: convertFrom[uint32](),
	int64s: convertFrom[int64](), uint64s: convertFrom[uint64](),
	// As numbers with a sign, all ones stay all ones.
	mask32: {mask64: convert[int32, int64]}, mask64: {mask32: convert[int64, int32]},
}

func convertFrom[T Element]() [kinds]loop {
	return [kinds]loop{
		convert[T, float32], convert[T, float64], convert[T, int32],
		convert[T, uint32], convert[T, int64], convert[T, uint64],
	}
}

func convert[T, U Element](dst, a, _, _ unsafe.Pointer, n int) {
	d, x, _ := operands[T, U](dst, a, a, n)
	for i := range d {
		d[i] = U(x[i])
	}
}
