package kernels_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/half"
)

// trial is a launch on random arguments, and the check of what it leaves.
type trial struct {
	name   string
	launch kernels.Launch
	verify func() error
}

// seeded returns the source of a test's random numbers; TANDEM_SEED repeats one.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("TANDEM_SEED: %v", err)
		}
	}
	t.Logf("TANDEM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// try makes n trials for each runner, in randomly cut parts, which hold no more
// of the arguments than their footprints say. Short tests make a fifth of them.
func try(t *testing.T, n int, draw func(rng *rand.Rand) trial) {
	t.Helper()
	if testing.Short() {
		n = (n + 4) / 5
	}
	for name, r := range runners(t) {
		t.Run(name, func(t *testing.T) {
			rng := seeded(t)
			for range n {
				tr := draw(rng)
				if err := tr.run(rng, r); err != nil {
					t.Fatalf("%s: %v", tr.name, err)
				}
			}
		})
	}
}

// run runs the launch in parts and verifies what it leaves.
func (tr *trial) run(rng *rand.Rand, r runner) error {
	if err := tr.launch.Err(); err != nil {
		return err
	}
	for lo := 0; lo < tr.launch.N(); {
		hi := lo + 1 + rng.IntN(tr.launch.N()-lo)
		if err := r.run(&tr.launch, lo, hi); err != nil {
			return fmt.Errorf("indices %d to %d: %w", lo, hi, err)
		}
		lo = hi
	}
	return tr.verify()
}

// draw returns one of the values.
func draw[T any](rng *rand.Rand, values ...T) T { return values[rng.IntN(len(values))] }

// size draws the size of a small array: one, or beside the edge of a tile.
func size(rng *rand.Rand) int {
	return draw(rng, 0, 1, 2, 3, 7, 16, 31, 63, 64, 65, 1+rng.IntN(100))
}

// numbers returns n random numbers of magnitude 1, some of them special.
func numbers[T kernels.Float](rng *rand.Rand, n int) []T {
	v := make([]T, n)
	for i := range v {
		switch rng.IntN(50) {
		case 0:
			v[i] = 0
		case 1:
			v[i] = T(math.Copysign(0, -1))
		case 2:
			v[i] = T(1e-40 * rng.Float64()) // denormal in float32
		default:
			v[i] = T(2*rng.Float64() - 1)
		}
	}
	return v
}

// nans returns n NaNs.
func nans[T kernels.Float](n int) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(math.NaN())
	}
	return v
}

// exact adds products without error, and their magnitudes.
type exact struct {
	sum, magnitude big.Float
}

// add adds the product of the factors.
func (e *exact) add(factors ...float64) {
	product := new(big.Float).SetPrec(400).SetInt64(1)
	for _, f := range factors {
		product.Mul(product, new(big.Float).SetPrec(400).SetFloat64(f))
	}
	e.sum.SetPrec(400).Add(&e.sum, product)
	e.magnitude.SetPrec(400).Add(&e.magnitude, product.Abs(product))
}

// within checks that got is the sum but for `roundings` roundings, relative to
// the magnitude, and for as many losses of a denormal number.
func within[T kernels.Float](e *exact, got T, roundings int) error {
	u, tiny := math.Exp2(-53), math.Exp2(-1022)
	if _, single := any(got).(float32); single {
		u, tiny = math.Exp2(-24), math.Exp2(-126)
	}
	if math.IsNaN(float64(got)) || math.IsInf(float64(got), 0) {
		return fmt.Errorf("got %v, want %v", got, &e.sum)
	}
	p := float64(roundings) * u
	magnitude, _ := e.magnitude.Float64()
	bound := p/(1-p)*magnitude + float64(roundings)*tiny
	diff := new(big.Float).SetPrec(400).SetFloat64(float64(got))
	d, _ := diff.Sub(diff, &e.sum).Float64()
	if math.Abs(d) > bound {
		return fmt.Errorf("got %v, want %v: the error %v is above the bound %v", got, &e.sum, d, bound)
	}
	return nil
}

// same checks that two numbers are one, bit by bit, or both NaN.
func same[T kernels.Float](got, want T) bool {
	return got == want && math.Signbit(float64(got)) == math.Signbit(float64(want)) || got != got && want != want
}

// refused checks that a launch names an argument as wrong.
func refused(t *testing.T, l kernels.Launch, arg string, cause error) {
	t.Helper()
	var mistake *kernels.ArgumentError
	err := l.Err()
	if !errors.As(err, &mistake) || mistake.Arg != arg || !errors.Is(err, cause) {
		t.Errorf("got %v, want a mistake in argument %s: %v", err, arg, cause)
	}
}

// trials draw a trial of each operation.
var trials = []func(*rand.Rand) trial{
	gemmTrial[float32], gemmTrial[float64],
	gemmBatchTrial[float32], gemmBatchTrial[float64],
	gemmHalfTrial[half.Float16], gemmHalfTrial[half.BFloat16],
	gemvTrial[float32], gemvTrial[float64],
	symvTrial[float32], symvTrial[float64],
	gerTrial[float32], gerTrial[float64],
	stencilTrial[float32], stencilTrial[float64],
	convolutionTrial[float32], convolutionTrial[float64],
	mandelbrotTrial[float32], mandelbrotTrial[float64],
	nbodyTrial[float32], nbodyTrial[float64],
}

// FuzzTrials looks for shapes, arguments and cuts that the tests have missed.
func FuzzTrials(f *testing.F) {
	for i := range trials {
		f.Add(uint64(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed uint64, operation uint8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		tr := trials[int(operation)%len(trials)](rng)
		if err := tr.run(rng, inline{}); err != nil {
			t.Fatalf("%s: %v", tr.name, err)
		}
	})
}
