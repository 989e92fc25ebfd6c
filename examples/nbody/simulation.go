package main

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// softening blurs encounters closer than this, so that a time step can follow
// them.
const softening = 0.05

// simulation is bodies in motion, in units in which the constant of gravity and
// the mass of all are 1.
type simulation struct {
	s        *hybrid.Scheduler
	bodies   []float32 // x, y, z, mass of each
	velocity []float32 // vx, vy, vz and an unused number of each
	forces   []float32 // ax, ay, az, potential of each
}

func newSimulation(s *hybrid.Scheduler, bodies, velocity []float32) *simulation {
	return &simulation{s: s, bodies: bodies, velocity: velocity, forces: make([]float32, len(bodies))}
}

// twoClusters returns two Plummer spheres of half the bodies each, on their way
// to a near miss.
func twoClusters(n int, seed uint64) (bodies, velocity []float32) {
	rng := rand.New(rand.NewPCG(seed, 2))
	for i := range n {
		side := float64(2*(i%2) - 1)
		// A radius and a speed from Plummer's distribution (Aarseth, Hénon &
		// Wielen 1974), for half of the mass and a scale of 0.4.
		const scale = 0.4
		r := scale / math.Sqrt(math.Pow(0.001+0.998*rng.Float64(), -2.0/3)-1)
		r = min(r, 5*scale)
		escape := math.Sqrt2 * math.Sqrt(0.5) * math.Pow(r*r+scale*scale, -0.25)
		q := 0.0
		for {
			q = rng.Float64()
			if 0.1*rng.Float64() < q*q*math.Pow(1-q*q, 3.5) {
				break
			}
		}
		px, py, pz := direction(rng)
		vx, vy, vz := direction(rng)
		bodies = append(bodies, float32(r*px+1.5*side), float32(r*py+0.5*side), float32(r*pz), float32(1/float64(n)))
		velocity = append(velocity, float32(q*escape*vx-0.35*side), float32(q*escape*vy), float32(q*escape*vz), 0)
	}
	return bodies, velocity
}

// direction is a random point on the unit sphere.
func direction(rng *rand.Rand) (x, y, z float64) {
	z = 2*rng.Float64() - 1
	phi := 2 * math.Pi * rng.Float64()
	r := math.Sqrt(1 - z*z)
	return r * math.Cos(phi), r * math.Sin(phi), z
}

// field computes the accelerations and potentials, on all devices.
func (sim *simulation) field(ctx context.Context, tally *report.Tally) error {
	var r hybrid.Report
	if err := sim.s.Launch(ctx, kernels.NBody[float32](1, softening, sim.bodies, sim.forces), hybrid.ReportTo(&r)); err != nil {
		return err
	}
	tally.Add(&r)
	return nil
}

// step moves the bodies by dt: half a kick, a drift, the new field, half a kick.
func (sim *simulation) step(ctx context.Context, dt float32, tally *report.Tally) error {
	sim.each(func(x, v, a []float32) {
		for k := range 3 {
			v[k] += a[k] * dt / 2
			x[k] += v[k] * dt
		}
	})
	if err := sim.field(ctx, tally); err != nil {
		return err
	}
	sim.each(func(_, v, a []float32) {
		for k := range 3 {
			v[k] += a[k] * dt / 2
		}
	})
	return nil
}

// each calls f with the place, velocity and field of each body.
func (sim *simulation) each(f func(x, v, a []float32)) {
	for i := 0; i < len(sim.bodies); i += 4 {
		f(sim.bodies[i:i+4], sim.velocity[i:i+4], sim.forces[i:i+4])
	}
}

// energy is the sum of kinetic and potential energy. The field must be that of
// the present places.
func (sim *simulation) energy() (sum float64) {
	sim.each(func(x, v, a []float32) {
		m := float64(x[3])
		speed := float64(v[0])*float64(v[0]) + float64(v[1])*float64(v[1]) + float64(v[2])*float64(v[2])
		sum += m * (speed + float64(a[3])) / 2 // each pair is in two potentials
	})
	return sum
}
