package expr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestTilesAndBlocksAgree runs expressions tile by tile and block by block: all
// operations of the tiles' machine, with the accumulator in front, behind, twice and
// spilled, and all folds.
func TestTilesAndBlocksAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(kerneltest.Seed(t), 1))
	agree[float32](t, rng)
	agree[float64](t, rng)
}

func agree[T Float](t *testing.T, rng *rand.Rand) {
	special := []T{0, T(math.Copysign(0, -1)), T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1))}
	for _, n := range []int{1, 31, 32, 64, 65, 1000, 1024, tileRun, tileRun + 1, 3*tileRun + 77} {
		arrays := make([][]T, 3)
		for i := range arrays {
			arrays[i] = make([]T, n)
			for j := range arrays[i] {
				arrays[i][j] = T(rng.NormFloat64())
				if rng.IntN(50) == 0 {
					arrays[i][j] = special[rng.IntN(len(special))]
				}
			}
		}
		x, y, w := Of[T](arrays[0]), Of[T](arrays[1]), Of[T](arrays[2])
		d := x.Sub(y)
		for i, e := range []Expr[T]{
			d, y.Sub(d), d.Div(w), w.Div(d), d.Square(), d.Add(d), d.Sub(d), d.Mul(w).Add(y.Mul(x)), x.Mul(y).Sub(w.Div(x)),
			d.Min(w), w.Min(d), d.Max(w), w.Max(d), x.Min(y).Max(w).Neg(), d.Abs(), Sqrt(d), Sqrt(d.Square().Add(w.Square())),
			d.Mul(d.Add(w)).Div(d), x.Scale(3).AddConst(1), Scalar[T](2).Div(x.AddConst(1)), x.Square(), Scalar[T](2).Square(),
			d.Mul(w).Max(d).Min(d.Neg()).Add(d.Abs()),
		} {
			for as := foldNothing; as < foldCount; as++ {
				if err := agreeOn(as, e, n); err != nil {
					t.Errorf("%T, %v of expression %d, %d elements: %v", arrays[0][0], as, i, n, err)
				}
			}
		}
	}
}

func agreeOn[T Float](as fold, e Expr[T], n int) error {
	var f flattening
	if _, err := f.add(e.n, MaxArrays-1); err != nil {
		return err
	}
	key := string(f.encode(as))
	tiles := define(key)
	p := compile(decode(key))
	if haveTiles && p.tileSteps == nil {
		return fmt.Errorf("no tiles")
	}
	p.tileSteps = nil
	copied := *tiles
	copied.Go = p.call
	var results [2][]T
	var indices [2]int
	for i, k := range []*kernels.Kernel{tiles, kernels.Define(copied)} {
		l := kernels.NewLaunch(k, n)
		f.bind(&l, n)
		results[i] = make([]T, n)
		switch as {
		case foldNothing:
			l.AddArg(kernels.Of[T](results[i]), kernels.Elementwise)
		case foldMean:
			l.SetResult(&mean{&results[i][0], n}, nil)
		default:
			l.SetResult(&results[i][0], &indices[i])
		}
		if err := kerneltest.Inline().Run(&l, nil); err != nil {
			return err
		}
	}
	if indices[0] != indices[1] {
		return fmt.Errorf("index %d by tiles, %d by blocks", indices[0], indices[1])
	}
	for i, a := range results[0] {
		b := results[1][i]
		same := a == b && math.Signbit(float64(a)) == math.Signbit(float64(b)) || a != a && b != b
		if as == foldSum || as == foldMean { // in another order
			same = same || math.Abs(float64(a-b)) <= 1e-4*(1+math.Abs(float64(b)))
		}
		if !same {
			return fmt.Errorf("index %d: %v by tiles, %v by blocks", i, a, b)
		}
	}
	return nil
}
