package hybridblas

import "gonum.org/v1/gonum/blas"

// library is the BLAS for one element type. Its methods report whether they have
// done the work; what they have not is the wrapped routine's. The routines are those
// for parts of a call: on one thread each, if the wrapped BLAS has such.
type library[T number] struct {
	*engine
	routines[T]
	whole   gemmFunc[T] // the wrapped product
	product serialProduct[T]
	// triangle is product for one triangle of C, if product is a packed one.
	triangle func(alpha T, a, b operand[T], beta T, c matrix[T], ul blas.Uplo)
	// symvRows adds what some rows of a symmetric matrix make of a vector, if that is
	// faster than the wrapped routine.
	symvRows func(ul blas.Uplo, n, lo, hi int, alpha T, a []T, lda int, x, y []T)
	kind     kind
	devices  *tiler[T]
}

// packed tells whether products are packed ones, several times as fast as the
// wrapped routines.
func (l *library[T]) packed() bool { return l.triangle != nil }

func newLibrary[T number](e *engine, r routines[T], whole gemmFunc[T], device deviceProduct[T]) library[T] {
	return library[T]{
		engine: e, routines: r, whole: whole, product: wrappedProduct(r.gemm), kind: kindOf[T](), devices: newTiler(e, device),
	}
}
