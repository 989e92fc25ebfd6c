package kernels

// rounded is x, rounded to its type. The language lets a compiler fuse a product
// and a sum into one operation, which rounds once, across anything but a
// conversion: sums of rounded products are the same on every processor, and the
// same as a shader's `precise` ones.
func rounded[T Float](x T) T {
	return T(x) //nolint:unconvert // a conversion to the same type still rounds
}
