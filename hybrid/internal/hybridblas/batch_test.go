package hybridblas

import (
	"context"
	"errors"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

func TestGemmBatch(t *testing.T) {
	b := cpuBLAS(t, 0)
	for _, s := range []struct{ m, n, k, count int }{{3, 4, 5, 100}, {40, 30, 20, 9}, {2, 2, 0, 3}, {260, 256, 257, 2}, {1, 1, 1, 0}} {
		a, x, c := line[complex64](s.k*s.m*s.count), line[complex64](s.n*s.k*s.count), line[complex64](s.m*s.n*s.count)
		want := append([]complex64{}, c...)
		var as, xs, cs [][]complex64
		for i := range s.count {
			as = append(as, a[i*s.m*s.k:(i+1)*s.m*s.k])
			xs = append(xs, x[i*s.n*s.k:(i+1)*s.n*s.k])
			cs = append(cs, append([]complex64{}, c[i*s.m*s.n:(i+1)*s.m*s.n]...))
			if s.k == 0 {
				continue // beta is 1
			}
			overGonum().Cgemm(blas.NoTrans, blas.ConjTrans, s.m, s.n, s.k, 2i, as[i], max(1, s.k), xs[i], max(1, s.k), 1, want[i*s.m*s.n:], s.n)
		}
		lda := max(1, s.k)
		if err := GemmBatch(t.Context(), b, blas.NoTrans, blas.ConjTrans, s.m, s.n, s.k, 2i, as, lda, xs, lda, 1, cs, s.n); err != nil {
			t.Fatal(err)
		}
		if err := GemmStridedBatch(t.Context(), b, blas.NoTrans, blas.ConjTrans, s.m, s.n, s.k, 2i, a, lda, s.m*s.k, x, lda, s.n*s.k, 1, c, s.n, s.m*s.n, s.count); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			p, q := c[i]-want[i], cs[i/(s.m*s.n)][i%(s.m*s.n)]-want[i]
			if bound := float32(s.k+3) * 0x1p-20; !(max(real(p), -real(p), imag(p), -imag(p)) <= bound && max(real(q), -real(q), imag(q), -imag(q)) <= bound) {
				t.Fatalf("%v: element %d is off by %v and %v", s, i, p, q)
			}
		}
	}
}

func TestGemmBatchMistakes(t *testing.T) {
	b := cpuBLAS(t, 0)
	ctx := t.Context()
	one := make([]float64, 4)
	for arg, err := range map[string]error{
		"a":       GemmBatch(ctx, b, blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, [][]float64{one[:3]}, 2, [][]float64{one}, 2, 0, [][]float64{one}, 2),
		"b":       GemmBatch(ctx, b, blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, [][]float64{one}, 2, nil, 2, 0, [][]float64{one}, 2),
		"c":       GemmBatch(ctx, b, blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, [][]float64{one}, 2, [][]float64{one}, 2, 0, [][]float64{one}, 1),
		"tB":      GemmBatch(ctx, b, blas.NoTrans, 'x', 2, 2, 2, 1, [][]float64{one}, 2, [][]float64{one}, 2, 0, [][]float64{one}, 2),
		"strideC": GemmStridedBatch(ctx, b, blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, one, 2, 0, one, 2, 0, 0, one, 2, 3, 2),
		"strideA": GemmStridedBatch(ctx, b, blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, one, 2, 9, one, 2, 0, 0, make([]float64, 8), 2, 4, 2),
	} {
		var e *kernels.ArgumentError
		if !errors.As(err, &e) || e.Arg != arg || !errors.Is(err, kernels.ErrShape) {
			t.Errorf("%s wrong: %v", arg, err)
		}
	}
	ended, end := context.WithCancel(ctx)
	end()
	if err := GemmBatch(ended, b, blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, [][]float64{one}, 2, [][]float64{one}, 2, 0, [][]float64{make([]float64, 4)}, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gives %v", err)
	}
}

// TestPlanRuns does every call of a plan each way, and measures it.
func TestPlanRuns(t *testing.T) {
	b := cpuBLAS(t, 0)
	plan := Plan([]int{1, 30})
	names := map[string]int{}
	for _, c := range plan {
		names[c.Name]++
		alone, chosen := b.Alone(c), b.Chosen(c)
		alone()
		chosen()
	}
	for _, name := range []string{"Dgemm TN", "Ctrsm RLCU", "Zherk UC", "Ssymv L", "Cgeru", "Zdotc"} {
		if names[name] != 2 {
			t.Errorf("%s occurs %d times", name, names[name])
		}
	}
	reports := 0
	err := b.Calibrate(t.Context(), plan, func(x Crossover) {
		reports++
		if len(x.Seconds) > 0 && !(x.Seconds["wrapped"] > 0 && x.Seconds["parallel"] > 0) {
			t.Errorf("%s of %d: %v", x.Name, x.N, x.Seconds)
		}
	})
	if err != nil || reports != len(plan) {
		t.Errorf("%d reports of %d calls, %v", reports, len(plan), err)
	}
}
