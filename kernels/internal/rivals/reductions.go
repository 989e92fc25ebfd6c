package rivals

import (
	"math"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kmath"
)

// sums are the reductions, for devices as those by hand compute there. On the host
// those of float32 add in float64.
func sums() map[string]kernels.Kernel {
	host := func(device, host kernels.Kernel) kernels.Kernel {
		device.Go = host.Go
		return device
	}
	return map[string]kernels.Kernel{
		"sum.float32": host(sum32Kernel, wideSumKernel), "sum.float64": sum64Kernel,
		"asum.float32": host(asum32Kernel, wideAsumKernel), "asum.float64": asum64Kernel,
		"dot.float32": host(dot32Kernel, wideDotKernel), "dot.float64": dot64Kernel,
		"nrm2.float32":    host(nrm32Kernel, wideNrmKernel),
		"maximum.float32": maximum32Kernel, "maximum.float64": maximum64Kernel,
	}
}

// total32 is a sum, and apart from it what its rounded additions lost.
type total32 struct{ hi, lo float32 }

type total64 struct{ hi, lo float64 }

//tandem:device
func add32(a, b total32) total32 {
	s := a.hi + b.hi
	c := s - a.hi
	return total32{s, (a.lo + b.lo) + ((a.hi - (s - c)) + (b.hi - c))}
}

//tandem:device
func add64(a, b total64) total64 {
	s := a.hi + b.hi
	c := s - a.hi
	return total64{s, (a.lo + b.lo) + ((a.hi - (s - c)) + (b.hi - c))}
}

func value32(t total32) float32 { return float32(value64(total64{float64(t.hi), float64(t.lo)})) }

func value64(t total64) float64 {
	if math.IsInf(t.hi, 0) || math.IsNaN(t.hi) {
		return t.hi
	}
	return t.hi + t.lo
}

//tandem:kernel _
//tandem:reduce add32 value32
func sum32(i int, x []float32) total32 { return total32{x[i], 0} }

//tandem:kernel _
//tandem:reduce add64 value64
func sum64(i int, x []float64) total64 { return total64{x[i], 0} }

//tandem:kernel _
//tandem:reduce add32 value32
func asum32(i int, x []float32) total32 { return total32{kmath.Abs(x[i]), 0} }

//tandem:kernel _
//tandem:reduce add64 value64
func asum64(i int, x []float64) total64 { return total64{math.Abs(x[i]), 0} }

//tandem:kernel _
//tandem:reduce add32 value32
func dot32(i int, x, y []float32) total32 { return total32{x[i] * y[i], 0} }

//tandem:kernel _
//tandem:reduce add64 value64
func dot64(i int, x, y []float64) total64 { return total64{x[i] * y[i], 0} }

//tandem:kernel _
//tandem:reduce sum
func wideSum(i int, x []float32) float64 { return float64(x[i]) }

//tandem:kernel _
//tandem:reduce sum
func wideAsum(i int, x []float32) float64 { return math.Abs(float64(x[i])) }

//tandem:kernel _
//tandem:reduce sum
func wideDot(i int, x, y []float32) float64 { return float64(x[i]) * float64(y[i]) }

//tandem:kernel _
//tandem:reduce sum
func wideNrm(i int, x []float32) float64 { return float64(x[i]) * float64(x[i]) }

// squares32 is 4^scale times a compensated sum of squares.
type squares32 struct {
	hi, lo float32
	scale  int32
}

const leastScale = -126

//tandem:device
func power2(e int32) float32 { return math.Float32frombits(uint32(e+127) << 23) }

//tandem:device
func rescaled(s squares32, scale int32) squares32 {
	if s.scale >= scale {
		return s
	}
	down := power2(max(s.scale-scale, leastScale))
	return squares32{s.hi * down * down, s.lo * down * down, scale}
}

//tandem:device
func addSquares(a, b squares32) squares32 {
	a, b = rescaled(a, b.scale), rescaled(b, a.scale)
	t := add32(total32{a.hi, a.lo}, total32{b.hi, b.lo})
	return squares32{t.hi, t.lo, a.scale}
}

func root32(s squares32) float32 {
	return float32(math.Ldexp(math.Sqrt(float64(s.hi)+float64(s.lo)), int(s.scale)))
}

//tandem:kernel _
//tandem:reduce addSquares root32
func nrm32(i int, x []float32) squares32 {
	scale := min(max(int32(math.Float32bits(x[i])>>23&0xff)-127, leastScale), -leastScale)
	v := x[i] * power2(-scale)
	return squares32{v * v, 0, scale}
}

// best32 is the greatest element, by a rank that orders all numbers, and its place.
type best32 struct{ rank, at uint32 }

//tandem:device
func better32(a, b best32) best32 {
	if b.rank > a.rank || b.rank == a.rank && b.at < a.at {
		return b
	}
	return a
}

func place32(b best32) (float32, int) {
	switch {
	case b.rank == math.MaxUint32:
		return float32(math.NaN()), int(b.at)
	case b.rank>>31 != 0:
		return math.Float32frombits(b.rank &^ (1 << 31)), int(b.at)
	}
	return math.Float32frombits(^b.rank), int(b.at)
}

//tandem:kernel _
//tandem:reduce better32 place32
func maximum32(i int, x []float32) best32 {
	b := math.Float32bits(x[i])
	switch {
	case b&0x7fffffff > 0x7f800000:
		b = math.MaxUint32
	case b>>31 != 0:
		b = ^b
	default:
		b |= 1 << 31
	}
	return best32{b, uint32(i)}
}

type best64 struct {
	rank uint64
	at   uint32
}

//tandem:device
func better64(a, b best64) best64 {
	if b.rank > a.rank || b.rank == a.rank && b.at < a.at {
		return b
	}
	return a
}

func place64(b best64) (float64, int) {
	switch {
	case b.rank == math.MaxUint64:
		return math.NaN(), int(b.at)
	case b.rank>>63 != 0:
		return math.Float64frombits(b.rank &^ (1 << 63)), int(b.at)
	}
	return math.Float64frombits(^b.rank), int(b.at)
}

//tandem:kernel _
//tandem:reduce better64 place64
func maximum64(i int, x []float64) best64 {
	b := math.Float64bits(x[i])
	switch {
	case b&math.MaxInt64 > 0x7ff<<52:
		b = math.MaxUint64
	case b>>63 != 0:
		b = ^b
	default:
		b |= 1 << 63
	}
	return best64{b, uint32(i)}
}
