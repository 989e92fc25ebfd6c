package finance

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// market is a set of options and their prices.
type market[T kernels.Float] struct {
	rate, yield                            T
	spot, strike, years, volatility, calls []T
	puts                                   []T
}

// draw makes options of all kinds, with some that have no time left, no volatility,
// nothing to pay, or a price that is none.
func draw[T kernels.Float](rng *rand.Rand, n int) *market[T] {
	m := &market[T]{rate: T(0.2*rng.Float64() - 0.05), yield: T(0.1 * rng.Float64())}
	for _, x := range []*[]T{&m.spot, &m.strike, &m.years, &m.volatility, &m.calls, &m.puts} {
		*x = make([]T, n)
	}
	for i := range n {
		m.spot[i] = T(math.Exp(4 + rng.NormFloat64()))
		m.strike[i] = m.spot[i] * T(math.Exp(0.5*rng.NormFloat64()))
		m.years[i] = T(10 * rng.Float64() * rng.Float64())
		m.volatility[i] = T(0.01 + rng.Float64())
		if rng.IntN(10) == 0 {
			special := []T{0, -1, T(math.Inf(1)), T(math.NaN())}
			array := [][]T{m.spot, m.strike, m.years, m.volatility}[rng.IntN(4)]
			array[i] = special[min(rng.IntN(8), 3)*rng.IntN(2)]
		}
	}
	return m
}

func launch32(m *market[float32]) kernels.Launch {
	return BlackScholes(m.rate, m.yield, m.spot, m.strike, m.years, m.volatility, m.calls, m.puts)
}

func launch64(m *market[float64]) kernels.Launch {
	return BlackScholes64(m.rate, m.yield, m.spot, m.strike, m.years, m.volatility, m.calls, m.puts)
}

// verify holds prices to the documented bound, against the formula with Go's own
// functions in float64, and to the parity of puts and calls: a call less a put is
// the discounted spot less the discounted strike.
func (m *market[T]) verify() error {
	unit := 0x1p-24
	if one := T(1); one+0x1p-30 != one {
		unit = 0x1p-53
	}
	for i := range m.calls {
		spot, strike, years, volatility := float64(m.spot[i]), float64(m.strike[i]), float64(m.years[i]), float64(m.volatility[i])
		s, k := spot*math.Exp(-float64(m.yield)*years), strike*math.Exp(-float64(m.rate)*years)
		v := volatility * math.Sqrt(years)
		call, put := max(0, s-k), max(0, k-s)
		bound := 16 * unit * (s + k)
		if v != 0 && spot != 0 && strike != 0 {
			d := (math.Log(spot/strike)+(float64(m.rate)-float64(m.yield))*years)/v + v/2
			n := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
			call, put = s*n(d)-k*n(d-v), k*n(v-d)-s*n(-d)
			bound *= 1 + 1/v
		}
		got := [2]float64{float64(m.calls[i]), float64(m.puts[i])}
		for j, want := range [2]float64{call, put} {
			if min(spot, strike, years, volatility) < 0 {
				if !math.IsNaN(got[j]) {
					return fmt.Errorf("option %d: spot %v, strike %v, years %v, volatility %v have a price, %v", i, spot, strike, years, volatility, got[j])
				}
				continue
			}
			if math.IsNaN(want) || math.IsInf(bound, 0) {
				continue // nothing is promised of options that are none
			}
			if d := math.Abs(got[j] - want); !(d <= bound) {
				return fmt.Errorf("option %d: spot %v, strike %v, years %v, volatility %v: %s is %v, want %v: off by %v, the bound is %v",
					i, spot, strike, years, volatility, [...]string{"the call", "the put"}[j], got[j], want, d, bound)
			}
		}
		if d := math.Abs(got[0] - got[1] - (s - k)); min(spot, strike, years, volatility) >= 0 && !math.IsNaN(call) && !math.IsInf(bound, 0) && !(d <= 2*bound) {
			return fmt.Errorf("option %d: call %v less put %v is not %v", i, got[0], got[1], s-k)
		}
	}
	return nil
}

func TestBlackScholes(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			kerneltest.Case{Name: "float32", Draw: func(rng *rand.Rand, _ device.Caps, n int) kerneltest.Trial {
				m := draw[float32](rng, n)
				return kerneltest.Trial{Launch: launch32(m), Verify: m.verify}
			}},
			kerneltest.Case{Name: "float64", Float64: true, Draw: func(rng *rand.Rand, _ device.Caps, n int) kerneltest.Trial {
				m := draw[float64](rng, n)
				return kerneltest.Trial{Launch: launch64(m), Verify: m.verify}
			}},
		)
	})
}

// TestSameEverywhere compares what schedulers compute with the functions
// themselves, bit by bit.
func TestSameEverywhere(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		rng := rand.New(rand.NewPCG(seed, 0))
		const n = 20_011
		m, wide := draw[float32](rng, n), draw[float64](rng, n)
		for _, l := range []kernels.Launch{launch32(m), launch64(wide)} {
			if err := s.Launch(t.Context(), l, opts...); err != nil {
				t.Fatal(err)
			}
		}
		calls, puts := make([]float32, n), make([]float32, n)
		calls64, puts64 := make([]float64, n), make([]float64, n)
		for i := range n {
			blackScholes(i, m.rate, m.yield, m.spot, m.strike, m.years, m.volatility, calls, puts)
			blackScholes64(i, wide.rate, wide.yield, wide.spot, wide.strike, wide.years, wide.volatility, calls64, puts64)
		}
		for _, err := range []error{
			differential.Same("calls", m.calls, calls), differential.Same("puts", m.puts, puts),
			differential.Same("calls64", wide.calls, calls64), differential.Same("puts64", wide.puts, puts64),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// TestKnownPrice is the example of Hull, Options, Futures, and Other Derivatives.
func TestKnownPrice(t *testing.T) {
	calls, puts := make([]float64, 1), make([]float64, 1)
	l := BlackScholes64(0.1, 0, []float64{42}, []float64{40}, []float64{0.5}, []float64{0.2}, calls, puts)
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	l.Run(0, 1)
	if math.Abs(calls[0]-4.7594) > 5e-5 || math.Abs(puts[0]-0.8086) > 5e-5 {
		t.Errorf("call %v, put %v; want 4.7594 and 0.8086", calls[0], puts[0])
	}
}
