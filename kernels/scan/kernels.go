package scan

import "github.com/tandem-go/tandem/kernels"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// block is how many elements an index adds up.
const block = 1024

// addUp is the first pass.
//
//tandem:kernel _
func addUp[T Number](i int, x, sums []T) {
	sum := T(0)
	for k := range block {
		sum += x[block*i+k]
	}
	sums[i] = sum
}

// addOn is the second: before is the sum of all blocks before.
//
//tandem:kernel _
func addOn[T Number](i int, exclusive bool, before, x, y []T) {
	total, sum := before[i], T(0)
	for k := range block {
		v := x[block*i+k]
		if exclusive {
			y[block*i+k] = total + sum
			sum += v
		} else {
			sum += v
			y[block*i+k] = total + sum
		}
	}
}

// Both passes, by the type of elements.
var (
	addUpKernels = define(addUpFloat32Kernel, addUpFloat64Kernel, addUpInt32Kernel, addUpUint32Kernel, addUpInt64Kernel, addUpUint64Kernel)
	addOnKernels = define(addOnFloat32Kernel, addOnFloat64Kernel, addOnInt32Kernel, addOnUint32Kernel, addOnInt64Kernel, addOnUint64Kernel)
)

// define defines kernels in the order of kernels.Type.
func define(described ...kernels.Kernel) [6]*kernels.Kernel {
	var defined [6]*kernels.Kernel
	for i, k := range described {
		defined[i] = kernels.Define(k)
	}
	return defined
}

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return append(addUpKernels[:], addOnKernels[:]...)
}

func newSums[T Number](x, sums []T) kernels.Launch {
	arg := kernels.Of[T](x)
	l := kernels.NewLaunch(addUpKernels[arg.Type()], len(sums))
	l.AddArg(arg, kernels.Footprint{Per: block})
	l.AddArg(kernels.Of[T](sums), kernels.Elementwise)
	size := float64(arg.Type().Size())
	l.SetCost(kernels.Cost{Flops: block, Bytes: block * size})
	return l
}

func newScan[T Number](exclusive bool, before, x, y []T) kernels.Launch {
	arg := kernels.Of[T](x)
	l := kernels.NewLaunch(addOnKernels[arg.Type()], len(before))
	l.AddArg(kernels.Of[T](before), kernels.Elementwise)
	l.AddArg(arg, kernels.Footprint{Per: block})
	l.AddArg(kernels.Of[T](y), kernels.Footprint{Per: block})
	l.AddBool(exclusive)
	size := float64(arg.Type().Size())
	l.SetCost(kernels.Cost{Flops: 2 * block, Bytes: 2 * block * size})
	return l
}
