package kernels

// On is the launch of another kernel with the same arguments.
func (l Launch) On(k *Kernel) Launch {
	l.kernel = k
	return l
}

// AsGenerated has what tandemgen makes of kernels whose Go variants are others, by
// the names of the kernels.
var AsGenerated = map[string]Kernel{
	"add.float64": addFloat64Kernel, "sub.float64": subFloat64Kernel, "div.float64": divFloat64Kernel,
	"scal.float64": scaleFloat64Kernel,
	"axpy.float32": accumulateFloat32Kernel, "axpy.float64": accumulateFloat64Kernel,
	"copy.float32": copiedFloat32Kernel, "copy.float64": copiedFloat64Kernel,
	"fill.float32": fillFloat32Kernel, "fill.float64": fillFloat64Kernel,
}
