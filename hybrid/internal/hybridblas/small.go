package hybridblas

import (
	"math"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/internal/openblas"
)

// small is the work below which the wrapped BLAS does a call of one type by gonum's
// routine, of the kinds that it tells apart. Such a call goes there directly: a second
// call through an interface, with up to 19 words of arguments to copy, costs 1 to 4 ns,
// and calls of order 1 take 10.
type small struct {
	vector, matrix, ger, gemm, product uint64
	rest                               bool // routines that are gonum's at any size
	// clears tells that the wrapped Sgemv with beta 0 clears all of y's slice, as
	// gonum's does, also where the vector ends before.
	clears bool
}

func smallOf(implementation any) small {
	const all = math.MaxUint64
	switch implementation.(type) {
	case gonum.Implementation:
		return small{all, all, all, all, all, true, true}
	case *openblas.BLAS:
		return small{
			openblas.LeastVector, openblas.LeastMatrix, openblas.LeastGer,
			openblas.LeastGemm, openblas.LeastProduct, true, false,
		}
	}
	return small{}
}

// work3 and work2 are the work of a call of level 3 and 2. With negative sizes it may be
// anything: whoever gets such a call panics in gonum's words.
func work3(m, n, k int) uint64 { return uint64(m) * uint64(n) * uint64(k) }

func work2(m, n int) uint64 { return uint64(m) * uint64(n) }
