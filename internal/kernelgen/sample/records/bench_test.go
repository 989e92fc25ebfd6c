package records

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tandem-go/tandem/kernels"
)

// BenchmarkAgainstHand times the Go variant of kernels beside loops over slices of
// structures that a careful programmer writes by hand, in turns, and reports the median
// of the ratios: below 1, what is generated is the faster.
func BenchmarkAgainstHand(b *testing.B) {
	const n = 1 << 12 // the second level of cache holds it
	rng := rand.New(rand.NewPCG(1, 2))
	balls, more, few := make([]ball, n), make([]ball, n), make([]ball, 256)
	points, out, force := make([]point, n), make([]point, n), make([]point, len(few))
	sums, in, notes := make([]int32, n), make([]reading, n), make([]reading, n)
	pebbles, heights := make([]pebble, n), make([]float32, n/2)
	for i := range balls {
		balls[i] = ball{at: point{rng.Float32(), rng.Float32(), rng.Float32()}, mass: 1}
		points[i], pebbles[i].point, in[i].flags = balls[i].at, balls[i].at, rng.Uint32()
	}
	copy(few, balls)
	for _, c := range []struct {
		name   string
		launch kernels.Launch
		hand   func()
	}{
		{"throw", Throw(1e-6, balls), func() { handThrow(1e-6, balls) }},
		{"bounce", Bounce(-2, balls), func() { handBounce(-2, balls) }},
		{"attract", Attract(few, force), func() { handAttract(few, force) }},
		{"smooth", Smooth(points, out), func() { handSmooth(points, out) }},
		{"raise", Raise(1, balls, more), func() { handRaise(1, balls, more) }},
		{"tally", Tally(in, sums, notes), func() { handTally(in, sums, notes) }},
		{"near", Near(pebbles, heights), func() { handNear(pebbles, heights) }},
	} {
		if err := c.launch.Err(); err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				const calls = 20
				start := time.Now()
				for range calls {
					c.launch.Run(0, c.launch.N())
				}
				own := time.Since(start)
				for range calls {
					c.hand()
				}
				ratios = append(ratios, float64(own)/float64(time.Since(start)-own))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "of-hand")
		})
	}
}

func handThrow(dt float32, balls []ball) {
	for i := range balls {
		b := &balls[i]
		b.way.y -= dt * 9.81
		b.at.x += dt * b.way.x
		b.at.y += dt * b.way.y
		b.at.z += dt * b.way.z
	}
}

func handBounce(floor float32, balls []ball) {
	for i, b := range balls {
		if b.at.y < floor {
			b.at.y = floor + (floor - b.at.y)
			b.way.y = -b.way.y
		}
		balls[i] = b
	}
}

func handAttract(balls []ball, force []point) {
	for i := range force {
		own := balls[i].at
		var sum point
		for j := range balls {
			b := &balls[j]
			dx, dy, dz := b.at.x-own.x, b.at.y-own.y, b.at.z-own.z
			if j != i {
				w := b.mass / (1 + dx*dx + dy*dy + dz*dz)
				sum.x += w * dx
				sum.y += w * dy
				sum.z += w * dz
			}
		}
		force[i] = sum
	}
}

func handSmooth(in, out []point) {
	out = out[:len(in)]
	out[0], out[len(in)-1] = in[0], in[len(in)-1]
	for i := 1; i < len(in)-1; i++ {
		out[i] = point{(in[i-1].x + in[i].x + in[i+1].x) / 3, (in[i-1].y + in[i].y + in[i+1].y) / 3, in[i].z}
	}
}

func handRaise(by float32, in, out []ball) {
	out = out[:len(in)]
	for i := range in {
		out[i] = in[i]
		out[i].at.y += by * in[max(0, min(i+1, len(in)-1))].at.y
	}
}

func handTally(in []reading, sums []int32, out []reading) {
	sums, out = sums[:len(in)], out[:len(in)]
	for i := range in {
		r, o := &in[i], &out[i]
		at := r.flags % 4
		sums[i] = r.bins[at] + r.bins[3-at]
		o.where = r.where
		o.heat = r.heat + 1
		for j, b := range r.bins {
			o.bins[j] = b ^ r.bins[(j+1)%4]
		}
		o.flags |= 1 << at
	}
}

func handNear(pebbles []pebble, out []float32) {
	for i := range out {
		p := pebbles[2*i:][:2]
		d := p[0].minus(p[1].point)
		out[i] = d.norm() + p[1].norm()
	}
}
