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
	"convolve_rows.float32": alongRowFloat32Kernel, "convolve_rows.float64": alongRowFloat64Kernel,
	"convolve_cols.float32": alongColFloat32Kernel, "convolve_cols.float64": alongColFloat64Kernel,
	"fill.float32": fillFloat32Kernel, "fill.float64": fillFloat64Kernel,
	"sum.float64": summedFloat64Kernel, "asum.float64": absSummedFloat64Kernel,
	"dot.float64": dottedFloat64Kernel,
}

// ByHand has the shaders by hand of reductions whose shaders are generated, by name.
var ByHand = map[string]*Shader{
	"sum.float32":  sumShader(Float32, "x[i + x_at]"),
	"sum.float64":  sumShader(Float64, "x[i + x_at]"),
	"asum.float32": sumShader(Float32, "abs(x[i + x_at])"),
	"asum.float64": sumShader(Float64, "abs(x[i + x_at])"),
	"dot.float32":  sumShader(Float32, "x[i + x_at] * y[i + y_at]"),
	"dot.float64":  sumShader(Float64, "x[i + x_at] * y[i + y_at]"),
	"nrm2.float32": withReal(Float32, nrm2Shader(Float32)),
}
