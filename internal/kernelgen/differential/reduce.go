package differential

import (
	"fmt"
	"math"
	"math/big"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// Joined makes a trial of a reduction whose result does not depend on the order in
// which values are joined: it is what finish makes of them, joined one after the
// other. All NaN are alike, zeros are told apart.
func Joined[T, R any](l kernels.Launch, result *R, value func(i int) T, join func(a, b T) T, finish func(T) R) kerneltest.Trial {
	return kerneltest.Trial{Launch: l, Verify: func() error {
		state := value(0)
		for i := 1; i < l.N(); i++ {
			state = join(state, value(i))
		}
		// Printed numbers differ where numbers do, but for the bits of NaN.
		if got, want := fmt.Sprint(*result), fmt.Sprint(finish(state)); got != want {
			return fmt.Errorf("the result is %s, want %s", got, want)
		}
		return nil
	}}
}

// rounding is the unit roundoff of a type, and the greatest number that it has.
func rounding[T float32 | float64]() (unit, greatest float64) {
	if v := T(1) + T(0x1p-30); v == 1 {
		return 0x1p-24, math.MaxFloat32
	}
	return 0x1p-53, math.MaxFloat64
}

// gamma bounds the relative error of k rounded operations (Higham, Accuracy and
// Stability of Numerical Algorithms, 2nd edition, lemma 3.1).
func gamma(k int, unit float64) float64 {
	return float64(k) * unit / (1 - float64(k)*unit)
}

// RoundedSum makes a trial of a sum of floating-point numbers. Added in any order, n of
// them err by gamma(n-1) times the sum of their magnitudes at most (Higham, section
// 4.2). Where that sum is beyond the type's range, the order may decide whether the
// result is, and any is right.
func RoundedSum[T float32 | float64](l kernels.Launch, result *T, value func(i int) T) kerneltest.Trial {
	return kerneltest.Trial{Launch: l, Verify: func() error {
		unit, greatest := rounding[T]()
		exact, size, special := new(big.Float).SetPrec(2200), 0.0, 0.0
		for i := range l.N() {
			v := float64(value(i))
			if math.IsNaN(v) || math.IsInf(v, 0) {
				special += v
				continue
			}
			exact.Add(exact, big.NewFloat(v))
			size += math.Abs(v)
		}
		got := float64(*result)
		g := gamma(l.N(), unit)
		switch {
		case size*(1+g) > greatest:
			return nil
		case special != 0: // also NaN
			return Same("the result, of", []float64{got}, []float64{special})
		case math.IsNaN(got) || math.IsInf(got, 0):
			return fmt.Errorf("the result is %v, want %v", got, exact)
		}
		diff, _ := new(big.Float).Sub(exact, big.NewFloat(got)).Float64()
		if bound := g * size; !(math.Abs(diff) <= bound) {
			return fmt.Errorf("the result is %v, want %v within %v", got, exact.Text('g', 20), bound)
		}
		return nil
	}}
}

// RoundedProduct makes a trial of a product of floating-point numbers that are so near
// to 1 that no product of some of them leaves the type's range: n of them err by
// gamma(n-1) of the product at most (Higham, lemma 3.1).
func RoundedProduct[T float32 | float64](l kernels.Launch, result *T, value func(i int) T) kerneltest.Trial {
	return kerneltest.Trial{Launch: l, Verify: func() error {
		unit, _ := rounding[T]()
		exact := new(big.Float).SetPrec(200).SetInt64(1)
		for i := range l.N() {
			exact.Mul(exact, big.NewFloat(float64(value(i))))
		}
		want, _ := exact.Float64()
		// The reference has been rounded once itself.
		if bound := (gamma(l.N(), unit) + 0x1p-53) * math.Abs(want); !(math.Abs(float64(*result)-want) <= bound) {
			return fmt.Errorf("the result is %v, want %v within %v", *result, want, bound)
		}
		return nil
	}}
}
