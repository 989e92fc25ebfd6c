package kerneltest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

func pairCases() []Case {
	return slices.Concat(
		both("swap", drawSwap[float32], drawSwap[float64]),
		both("rot", drawRot[float32], drawRot[float64]))
}

func drawSwap[T kernels.Float](rng *rand.Rand, _ device.Caps, n int) Trial {
	return drawPair(rng, n,
		func(x, y []T) kernels.Launch { return kernels.Swap(kernels.Of[T](x), kernels.Of[T](y)) },
		func(x, y T) (T, T) { return y, x })
}

func drawRot[T kernels.Float](rng *rand.Rand, _ device.Caps, n int) Trial {
	var f [2]T
	fill(rng, f[:], []int{plain, extreme, special}[rng.IntN(3)])
	return drawPair(rng, n,
		func(x, y []T) kernels.Launch { return kernels.Rot(f[0], f[1], x, y) },
		func(x, y T) (T, T) {
			//nolint:unconvert // the conversions keep the products from being fused
			return T(f[0]*x) + T(f[1]*y), T(f[0]*y) - T(f[1]*x)
		})
}

// drawPair is an operation that changes two arrays, exactly.
func drawPair[T kernels.Float](rng *rand.Rand, n int, launch func(x, y []T) kernels.Launch, want func(x, y T) (T, T)) Trial {
	x, y := newArray[T](n), newArray[T](n)
	fill(rng, x.x, rng.IntN(kinds))
	fill(rng, y.x, rng.IntN(kinds))
	oldX, oldY := slices.Clone(x.x), slices.Clone(y.x)
	return Trial{
		Launch: launch(x.x, y.x),
		Verify: func() error {
			for i := range n {
				wantX, wantY := want(oldX[i], oldY[i])
				if !same(x.x[i], wantX) || !same(y.x[i], wantY) {
					return fmt.Errorf("element %d of %v and %v: got %v and %v, want %v and %v",
						i, oldX[i], oldY[i], x.x[i], y.x[i], wantX, wantY)
				}
			}
			if err := x.intact("x"); err != nil {
				return err
			}
			return y.intact("y")
		},
	}
}
