package half_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/tandem-go/tandem/kernels/half"
)

// format is one of the two as its definition has it.
type format struct {
	mantissa, bias int
	to             func(float32) uint16
	from           func(uint16) float32
}

var formats = map[string]format{
	"float16": {
		10, 15, func(x float32) uint16 { return uint16(half.ToFloat16(x)) },
		func(h uint16) float32 { return half.Float16(h).Float32() },
	},
	"bfloat16": {
		7, 127, func(x float32) uint16 { return uint16(half.ToBFloat16(x)) },
		func(h uint16) float32 { return half.BFloat16(h).Float32() },
	},
}

// value is the number that the bits of a format are.
func (f format) value(h uint16) float64 {
	mantissa := float64(h & (1<<f.mantissa - 1))
	exponent := int(h&0x7fff) >> f.mantissa
	sign := 1 - 2*float64(h>>15)
	switch one := math.Ldexp(1, f.mantissa); exponent {
	case 1<<(15-f.mantissa) - 1:
		if mantissa != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	case 0:
		return sign * math.Ldexp(mantissa/one, 1-f.bias)
	default:
		return sign * math.Ldexp(1+mantissa/one, exponent-f.bias)
	}
}

// TestEveryNumber has each of the 2^16 become float32, by definition, and come back.
func TestEveryNumber(t *testing.T) {
	for name, f := range formats {
		for bits := range 1 << 16 {
			h := uint16(bits)
			got, want := f.from(h), f.value(h)
			if math.IsNaN(want) {
				if back := f.to(got); got == got || !math.IsNaN(f.value(back)) {
					t.Fatalf("%s: %#04x is %v and comes back as %#04x, want NaN", name, h, got, back)
				}
				continue
			}
			if float64(got) != want || math.Signbit(float64(got)) != math.Signbit(want) || f.to(got) != h {
				t.Fatalf("%s: %#04x is %v and comes back as %#04x, want %v", name, h, got, f.to(got), want)
			}
		}
	}
}

// TestEveryRounding has what lies between each two neighbours rounded: their middle,
// and what is next to it on either side.
func TestEveryRounding(t *testing.T) {
	for name, f := range formats {
		infinity := uint16(1<<(15-f.mantissa)-1) << f.mantissa
		for h := uint16(0); h < infinity; h++ {
			low, high := f.value(h), f.value(h+1)
			if h+1 == infinity { // as if there were one more
				high = low + (low - f.value(h-1))
			}
			middle := float32(low/2 + high/2)
			if float64(middle) != low/2+high/2 {
				t.Fatalf("%s: the middle above %#04x is no float32", name, h)
			}
			even := h + h&1
			for sign, bit := range map[float32]uint16{1: 0, -1: 0x8000} {
				below, above := math.Nextafter32(middle, 0), math.Nextafter32(middle, math.MaxFloat32)
				if f.to(sign*below) != h|bit || f.to(sign*middle) != even|bit || f.to(sign*above) != (h+1)|bit {
					t.Fatalf("%s: above %#04x, with sign %v: %#04x, %#04x, %#04x", name, h, sign,
						f.to(sign*below), f.to(sign*middle), f.to(sign*above))
				}
			}
		}
		for _, x := range []float32{math.MaxFloat32, float32(math.Inf(1))} {
			if f.to(x) != infinity || f.to(-x) != infinity|0x8000 {
				t.Errorf("%s: %v becomes %#04x", name, x, f.to(x))
			}
		}
	}
}

// TestAgainstBig rounds numbers of all magnitudes as package big does, where they are
// no denormal ones.
func TestAgainstBig(t *testing.T) {
	for name, f := range formats {
		for bits := uint32(0); bits < 0x7f800000; bits += 0x1357 {
			x := math.Float32frombits(bits)
			least, most := f.value(1<<f.mantissa), f.value(uint16(1<<(15-f.mantissa)-1)<<f.mantissa-1)
			if float64(x) < least || float64(x) > most {
				continue
			}
			want, _ := new(big.Float).SetPrec(uint(f.mantissa + 1)).SetFloat64(float64(x)).Float64()
			if got := f.value(f.to(x)); got != want {
				t.Fatalf("%s: %v becomes %v, want %v", name, x, got, want)
			}
		}
	}
}

func TestSlices(t *testing.T) {
	x := []float32{1, -2.5, 1e6, 0x1p-24, 9}
	a, b := half.Round(make([]half.Float16, 4), x), half.Round(make([]half.BFloat16, 7), x)
	if y := half.Widen(make([]float32, 4), a); y[0] != 1 || y[1] != -2.5 || !math.IsInf(float64(y[2]), 1) || y[3] != 0x1p-24 {
		t.Errorf("through float16: %v", y)
	}
	if y := half.Widen(make([]float32, 6), b); y[0] != 1 || y[1] != -2.5 || y[2] != 999424 || y[3] != 0x1p-24 || y[4] != 9 || y[5] != 0 {
		t.Errorf("through bfloat16: %v", y)
	}
}
