package montecarlo

import (
	"context"
	"math"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kmath"
	"github.com/tandem-go/tandem/kernels/philox"
)

// Option is a call or a put on the mean of a share's prices at equidistant times,
// the last of which is when the option ends: an arithmetic Asian option, and with
// one time a European one. The share's price is a geometric Brownian motion. Rates
// and volatility are those of a year, as fractions.
type Option struct {
	Put          bool
	Spot, Strike float64
	Rate, Yield  float64
	Volatility   float64
	Years        float64
	Fixings      int // times of which the mean is taken; 0 stands for 1
}

// pathsOfIndex times the most fixings of an option are the most turns that all
// drivers' loops can take.
const (
	pathsOfIndex = 64
	maxFixings   = 1000
)

// Price estimates the price of an option from random paths of the share. Paths are
// computed in float32, with an error far below that of the sample, and added up in
// float64; the same seed gives the same price on every device, bit by bit. The normal
// variables are those of Box and Muller, A note on the generation of random normal
// deviates (1958), and do not go beyond 5.8.
//
// paths is from 1 to [MaxSamples]; spot, strike, volatility and years are not
// negative, everything is finite, and there are at most 1000 fixings. Otherwise the
// error is a [*kernels.ArgumentError]. When ctx ends, Price returns its cause.
func Price[O any](ctx context.Context, s kernels.Launcher[O], o Option, paths int64, seed uint64, opts ...O) (Estimate, error) {
	o.Fixings = max(o.Fixings, 1)
	if err := o.check(); err != nil {
		return Estimate{}, err
	}
	if err := checkSamples("Price", "paths", paths); err != nil {
		return Estimate{}, err
	}
	step := o.Years / float64(o.Fixings)
	drift := (o.Rate - o.Yield - o.Volatility*o.Volatility/2) * step
	diffusion := o.Volatility * math.Sqrt(step)
	sign := float32(1)
	if o.Put {
		sign = -1
	}
	var sum, squares float64
	sums := make([]float64, 2*min(paths/pathsOfIndex+1, indicesOfLaunch))
	err := batches(ctx, paths, pathsOfIndex, func(batch uint32, indices, full, rest int) error {
		sums := sums[:2*indices]
		l := sumPayoffs(key(seed), batch, full, rest, o.Fixings, float32(o.Spot), float32(o.Strike), float32(drift), float32(diffusion), sign, sums)
		if err := s.Launch(ctx, l, opts...); err != nil {
			return err
		}
		for i := 0; i < len(sums); i += 2 {
			sum += sums[i]
			squares += sums[i+1]
		}
		return nil
	})
	if err != nil {
		return Estimate{}, err
	}
	n := float64(paths)
	mean, discount := sum/n, math.Exp(-o.Rate*o.Years)
	variance := max(0, squares/n-mean*mean) / n
	return Estimate{Value: discount * mean, Deviation: discount * math.Sqrt(variance), Samples: paths}, nil
}

func (o *Option) check() error {
	for _, f := range []struct {
		name     string
		value    float64
		negative bool
	}{
		{"Spot", o.Spot, false},
		{"Strike", o.Strike, false},
		{"Volatility", o.Volatility, false},
		{"Years", o.Years, false},
		{"Rate", o.Rate, true},
		{"Yield", o.Yield, true},
	} {
		if math.IsNaN(f.value) || math.IsInf(f.value, 0) || f.value < 0 && !f.negative {
			return wrong("Price", f.name, "%v", f.value)
		}
	}
	if o.Fixings > maxFixings {
		return wrong("Price", "Fixings", "%d, want at most %d", o.Fixings, maxFixings)
	}
	return nil
}

// payoffs adds up what the paths of an index pay, and its squares.
//
//tandem:kernel sumPayoffs
func payoffs(i int, key [2]uint32, batch uint32, full, rest, fixings int, spot, strike, drift, diffusion, sign float32, sums []float64) {
	n := pathsOfIndex
	if i >= full {
		n = rest
	}
	sum, squares := 0.0, 0.0
	z := [4]float32{}
	drawn := uint32(0) // normal variables of this index
	//tandem:turns 64
	for k := 0; k < n; k++ {
		x, mean := float32(0), float32(0)
		for range fixings {
			if drawn%4 == 0 {
				r := philox.Four([4]uint32{uint32(i), drawn / 4, batch, 1}, key)
				z[0], z[1] = normals(r[0], r[1])
				z[2], z[3] = normals(r[2], r[3])
			}
			x += drift + diffusion*z[drawn%4]
			mean += kmath.Exp(x)
			drawn++
		}
		mean = spot * mean / float32(fixings)
		pays := float64(max(0, sign*(mean-strike)))
		sum += pays
		squares += pays * pays
	}
	sums[2*i] = sum
	sums[2*i+1] = squares
}

// normals are two independent normal variables.
//
//tandem:device
func normals(a, b uint32) (float32, float32) {
	r := kmath.Sqrt(-2 * kmath.Log(1-philox.Float32(a)))
	angle := 6.2831853071795864769 * philox.Float32(b)
	return r * kmath.Cos(angle), r * kmath.Sin(angle)
}
