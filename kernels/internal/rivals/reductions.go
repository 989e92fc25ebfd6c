package rivals

import (
	"math"

	"github.com/tandem-go/tandem/kernels"
)

// sums are the reductions. Those of float32 add in float64, for the host: their shaders,
// and the sums of float64, are package kernels' own.
func sums() map[string]kernels.Kernel {
	return map[string]kernels.Kernel{
		"sum.float32": wideSumKernel, "asum.float32": wideAsumKernel,
		"dot.float32": wideDotKernel, "nrm2.float32": wideNrmKernel, "nrm2.float64": nrm64Kernel,
		"maximum.float32": maximum32Kernel, "maximum.float64": maximum64Kernel,
	}
}

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

// squares64 is 4^scale times a compensated sum of squares.
type squares64 struct {
	hi, lo float64
	scale  int32
}

const leastScale64 = -1022

//tandem:device
func power264(e int32) float64 { return math.Float64frombits(uint64(e+1023) << 52) }

//tandem:device
func rescaled64(s squares64, scale int32) squares64 {
	if s.scale >= scale {
		return s
	}
	down := power264(max(s.scale-scale, leastScale64))
	return squares64{s.hi * down * down, s.lo * down * down, scale}
}

//tandem:device
func addSquares64(a, b squares64) squares64 {
	a, b = rescaled64(a, b.scale), rescaled64(b, a.scale)
	hi := a.hi + b.hi
	c := hi - a.hi
	return squares64{hi, (a.lo + b.lo) + ((a.hi - (hi - c)) + (b.hi - c)), a.scale}
}

func root64(s squares64) float64 {
	return math.Ldexp(math.Sqrt(s.hi+s.lo), int(s.scale))
}

//tandem:kernel _
//tandem:reduce addSquares64 root64
func nrm64(i int, x []float64) squares64 {
	scale := min(max(int32(math.Float64bits(x[i])>>52&0x7ff)-1023, leastScale64), -leastScale64)
	v := x[i] * power264(-scale)
	return squares64{v * v, 0, scale}
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
