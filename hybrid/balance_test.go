package hybrid_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// balanceN is the size of the launches whose balance is measured.
const balanceN = 1 << 26

// counting is a kernel that does nothing: on devices that keep no memory only
// time passes.
var counting = kernels.Define(kernels.Kernel{Name: "test.counting", Go: func(*kernels.Call) {}})

func countingLaunch(n int) kernels.Launch {
	l := kernels.NewLaunch(counting, n)
	l.SetCost(kernels.Cost{Flops: 1000})
	return l
}

// profile is how much an index costs, relative to the mean, by its place in the
// index space from 0 to 1. total is the integral up to a place.
type profile struct {
	name  string
	total func(x float64) float64
}

var uniform = profile{"uniform", func(x float64) float64 { return x }}

// The costs vary by 1:100 across the space: rising steadily, or in waves.
var varying = []profile{
	{"ramp", func(x float64) float64 { return (x + 99*x*x/2) / 50.5 }},
	{"falling", func(x float64) float64 { return (100*x - 99*x*x/2) / 50.5 }},
	{"waves", func(x float64) float64 {
		const k = 6 * math.Pi
		return (50.5*x - 49.5*math.Sin(k*x)/k) / (50.5 - 49.5*math.Sin(k)/k)
	}},
	{"step", func(x float64) float64 { return (min(x, 0.5) + 100*max(0, x-0.5)) / 50.5 }},
}

// machine is a random set of devices.
type machine struct {
	rates []float64 // indices a second
}

func (m machine) sum() (all float64) {
	for _, r := range m.rates {
		all += r
	}
	return all
}

// randomMachine has 2 to 64 devices whose rates span up to 1:1000.
func randomMachine(rng *rand.Rand) machine {
	span := math.Pow(1000, rng.Float64())
	m := machine{rates: make([]float64, 2+rng.IntN(63))}
	for i := range m.rates {
		m.rates[i] = 1e6 * math.Pow(span, rng.Float64())
	}
	m.rates[0], m.rates[1] = 1e6, 1e6*span // the whole span is there
	return m
}

// imbalance is the time of a launch on the machine, over its work divided by
// the sum of all rates, in virtual time.
func imbalance(t *testing.T, m machine, p profile, launches int) (ratios []float64) {
	synctest.Test(t, func(t *testing.T) {
		opts := []hybrid.Option{hybrid.WithDevices("none:*")}
		for i, rate := range m.rates {
			opts = append(opts, hybrid.WithDevice(simulated(t, sim.Config{
				ID: fmt.Sprintf("sim:%d", i), Null: true, Memory: 1 << 40,
				Cost: func(lo, hi int) time.Duration {
					work := p.total(float64(hi)/balanceN) - p.total(float64(lo)/balanceN)
					return time.Duration(work * balanceN / rate * 1e9)
				},
			})))
		}
		s := open(t, opts...)
		for range launches {
			var r hybrid.Report
			if err := s.Launch(t.Context(), countingLaunch(balanceN), hybrid.ReportTo(&r)); err != nil {
				t.Fatal(err)
			}
			var done int64
			for _, d := range r.Devices {
				done += d.Indices
			}
			if done != balanceN {
				t.Fatalf("%d of %d indices reported", done, balanceN)
			}
			ratios = append(ratios, r.Wall.Seconds()*m.sum()/balanceN)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return ratios
}

// The devices must end together: within 5 % of the ideal where all indices cost
// the same, within 10 % where they don't. The first launch knows nothing of the
// devices, the second has learned.
func TestBalance(t *testing.T) {
	count := 40
	if testing.Short() {
		count = 8
	}
	for _, c := range []struct {
		name     string
		profiles []profile
		bound    float64
	}{
		{"uniform", []profile{uniform}, 1.05},
		{"varying", varying, 1.10},
	} {
		t.Run(c.name, func(t *testing.T) {
			var first, later []float64
			for _, seed := range seeds(t, count) {
				rng := rand.New(rand.NewPCG(seed, 0))
				m := randomMachine(rng)
				p := c.profiles[rng.IntN(len(c.profiles))]
				ratios := imbalance(t, m, p, 2)
				first, later = append(first, ratios[0]), append(later, ratios[1])
				for i, r := range ratios {
					if r > c.bound {
						t.Errorf("launch %d took %.4f of the ideal time, bound %.2f: %d devices, %s; replay with %s=%d",
							i+1, r, c.bound, len(m.rates), p.name, EnvSeed, seed)
					}
				}
			}
			describe(t, c.name, "first launch", first)
			describe(t, c.name, "second launch", later)
		})
	}
}

// describe reports a distribution, for people and, as attributes of the test,
// for the bench command.
func describe(t *testing.T, name, which string, ratios []float64) {
	slices.Sort(ratios)
	at := func(q float64) float64 { return ratios[int(q*float64(len(ratios)-1))] }
	t.Attr("balance", fmt.Sprintf("%s, %s, over the ideal: p50 %.4f, p90 %.4f, worst %.4f of %d machines",
		name, which, at(0.5), at(0.9), at(1), len(ratios)))
	if os.Getenv("CI") == "" {
		t.Logf("%s, %s: p50 %.4f, p90 %.4f, worst %.4f", name, which, at(0.5), at(0.9), at(1))
	}
}
