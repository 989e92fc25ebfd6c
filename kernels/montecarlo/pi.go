package montecarlo

import (
	"context"
	"math"
	"math/bits"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/philox"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// pointsOfIndex is even: four random numbers are two points.
const pointsOfIndex = 4096

// Pi estimates π from random points of a square: the part of them that lies in the
// quarter of a circle is π/4. Points have 32 bits a coordinate and are told apart in
// integer arithmetic, so that Value is the same on every device. It is wrong by
// about Deviation, 1.64 divided by the root of points.
//
// points is from 1 to [MaxSamples], or the error is a [*kernels.ArgumentError]. When
// ctx ends, Pi returns its cause.
func Pi[O any](ctx context.Context, s kernels.Launcher[O], points int64, seed uint64, opts ...O) (Estimate, error) {
	if err := checkSamples("Pi", "points", points); err != nil {
		return Estimate{}, err
	}
	var inside int64
	counts := make([]uint32, min(points/pointsOfIndex+1, indicesOfLaunch))
	err := batches(ctx, points, pointsOfIndex, func(batch uint32, indices, full, rest int) error {
		counts := counts[:indices]
		if err := s.Launch(ctx, countInside(key(seed), batch, full, rest, counts), opts...); err != nil {
			return err
		}
		for _, c := range counts {
			inside += int64(c)
		}
		return nil
	})
	if err != nil {
		return Estimate{}, err
	}
	p := float64(inside) / float64(points)
	return Estimate{Value: 4 * p, Deviation: 4 * math.Sqrt(p*(1-p)/float64(points)), Samples: points}, nil
}

// insideCircle counts which of an index's points are in the circle: all of them for
// the first full indices, and rest for the one behind.
//
//tandem:kernel countInside
//tandem:host insideOnHost
func insideCircle(i int, key [2]uint32, batch uint32, full, rest int, counts []uint32) {
	n := pointsOfIndex
	if i >= full {
		n = rest
	}
	count := uint32(0)
	//tandem:turns 2048
	for k := 0; k < n; k += 2 {
		r := philox.Four([4]uint32{uint32(i), uint32(k), batch, 0}, key)
		if within(r[0], r[1]) {
			count++
		}
		if k+1 < n && within(r[2], r[3]) {
			count++
		}
	}
	counts[i] = count
}

// within reports whether x^2 + y^2 is below 2^64.
//
//tandem:device
func within(x, y uint32) bool {
	hiX, loX := bits.Mul32(x, x)
	hiY, loY := bits.Mul32(y, y)
	hi := hiX + hiY
	over := hi < hiX
	if loX+loY < loX {
		hi++
		over = over || hi == 0
	}
	return !over
}
