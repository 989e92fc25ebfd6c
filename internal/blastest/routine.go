package blastest

import (
	"math"
	"math/rand/v2"
	"reflect"

	"gonum.org/v1/gonum/blas"
)

// routine is a routine of BLAS for real or complex numbers, and how to make
// arguments for it. Arguments are in double precision: numbers are float64 or
// complex128.
type routine struct {
	name    string // without the letter of its type
	complex bool
	args    func(g *generator) []any
}

// call calls the routine of b, in the precision that letter stands for, and
// returns what it panics with.
func (r routine) call(b BLAS, letter string, args []any) (panicked any) {
	defer func() { panicked = recover() }()
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	reflect.ValueOf(b).MethodByName(letter + r.name).Call(in)
	return nil
}

// letters are those of the routine's types in single and in double precision.
func (r routine) letters() (single, double string) {
	if r.complex {
		return "C", "Z"
	}
	return "S", "D"
}

// narrow is arguments in single precision.
func narrow(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case float64:
			out[i] = float32(a)
		case complex128:
			out[i] = complex64(a)
		case []float64:
			v := make([]float32, len(a))
			for j := range a {
				v[j] = float32(a[j])
			}
			out[i] = v
		case []complex128:
			v := make([]complex64, len(a))
			for j := range a {
				v[j] = complex64(a[j])
			}
			out[i] = v
		default:
			out[i] = a
		}
	}
	return out
}

// copied is arguments with slices of their own.
func copied(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case []float64:
			out[i] = append([]float64(nil), a...)
		case []complex128:
			out[i] = append([]complex128(nil), a...)
		default:
			out[i] = a
		}
	}
	return out
}

// generator makes random arguments. Every number is one of single precision.
type generator struct {
	*rand.Rand
	complex bool
	most    int // of any size
}

func (g *generator) size() int { return g.IntN(g.most + 1) }

func (g *generator) side() blas.Side     { return []blas.Side{blas.Left, blas.Right}[g.IntN(2)] }
func (g *generator) uplo() blas.Uplo     { return []blas.Uplo{blas.Upper, blas.Lower}[g.IntN(2)] }
func (g *generator) diag() blas.Diag     { return []blas.Diag{blas.Unit, blas.NonUnit}[g.IntN(2)] }
func (g *generator) stride(cols int) int { return max(1, cols+g.IntN(3)) }

func (g *generator) trans() blas.Transpose {
	return []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}[g.IntN(3)]
}

// transOf is NoTrans or one other.
func (g *generator) transOf(other blas.Transpose) blas.Transpose {
	return []blas.Transpose{blas.NoTrans, other}[g.IntN(2)]
}

func (g *generator) inc() int { return []int{1, 1, 2, 3, -1, -2}[g.IntN(6)] }

// scalar is a factor, often one that is treated in its own way.
func (g *generator) scalar() any {
	v := [][2]float64{{0, 0}, {1, 0}, {-0.5, 1}, {2, 0}}[g.IntN(4)]
	if g.complex {
		return complex(v[0], v[1])
	}
	return v[0]
}

func (g *generator) real() any { return []float64{0, 1, -0.5, 2}[g.IntN(4)] }

func (g *generator) value() float64 {
	if g.IntN(8) == 0 {
		return 0
	}
	return float64(2*g.Float32() - 1)
}

// numbers is n of them, or as many NaNs.
func (g *generator) numbers(n int, nan bool) any {
	value := g.value
	if nan {
		value = math.NaN
	}
	if g.complex {
		v := make([]complex128, n)
		for i := range v {
			v[i] = complex(value(), value())
		}
		return v
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = value()
	}
	return v
}

// matrix is rows×cols numbers, with NaNs between the rows.
func (g *generator) matrix(rows, cols, stride int) any {
	v := g.numbers(rows*stride, true)
	fresh := g.numbers(rows*stride, false)
	for i := range rows {
		lo, hi := i*stride, i*stride+cols
		reflect.Copy(reflect.ValueOf(v).Slice(lo, hi), reflect.ValueOf(fresh).Slice(lo, hi))
	}
	return v
}

// triangle is a matrix with NaNs where a triangular one is not referenced, and a
// diagonal that can be divided by.
func (g *generator) triangle(ul blas.Uplo, unit bool, n, stride int, divisor bool) any {
	v := g.matrix(n, n, stride)
	for i := range n {
		for j := range n {
			at := reflect.ValueOf(v).Index(i*stride + j)
			switch {
			case i != j && (i < j) != (ul == blas.Upper), i == j && unit:
				g.set(at, math.NaN(), math.NaN())
			case i == j && divisor:
				g.set(at, 2+float64(g.IntN(3)), 0)
			case divisor && n > 0:
				g.set(at, g.value()/float64(n), g.value()/float64(n))
			}
		}
	}
	return v
}

func (g *generator) set(at reflect.Value, re, im float64) {
	if g.complex {
		at.SetComplex(complex(float64(float32(re)), float64(float32(im))))
		return
	}
	at.SetFloat(float64(float32(re)))
}

// output is a matrix that is written, with NaNs in it if beta is 0.
func (g *generator) output(beta any, rows, cols, stride int) any {
	if beta == 0.0 || beta == complex(0, 0) {
		return g.numbers(rows*stride, true)
	}
	return g.matrix(rows, cols, stride)
}

func (g *generator) vector(n, inc int) any { return g.numbers(1+n*max(inc, -inc), false) }
