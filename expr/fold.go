package expr

import (
	"math"
	"unsafe"

	"github.com/tandem-go/tandem/kernels"
)

// fold is what becomes of the value of an index.
type fold uint8

const (
	foldNothing fold = iota // it is stored
	foldSum
	foldMean
	foldNrm2
	foldMin
	foldMax
	foldCount
)

// String is the name of the fold.
func (f fold) String() string {
	return [...]string{"store", "sum", "mean", "nrm2", "minimum", "maximum", "count"}[f]
}

// accumulator is the state of a fold on the CPU.
type accumulator struct {
	sum   compensated
	scale int    // of the squares in sum: they are times 4^scale
	whole uint64 // a sum of integers, a count, or the highest rank so far
	index int    // of that rank
	any   bool   // there is one
}

// folder takes in n values, the first of index lo. n is at least 1.
type folder func(acc *accumulator, x unsafe.Pointer, n, lo int)

// folderOf is a fold over values of a type, and how its state becomes a Partial:
// sums of floats are {hi, lo, scale}, whole numbers {low 32 bits, high 32 bits,
// index, 1 if there is one}.
func folderOf(as fold, k kind) (folder, func(*accumulator) kernels.Partial) {
	switch {
	case as == foldCount:
		return countFolders[k.mask()], wholePartial
	case as == foldMin:
		return minFolders[k], wholePartial
	case as == foldMax:
		return maxFolders[k], wholePartial
	case as == foldNrm2:
		return squareFolders[k], sumPartial
	case k.isFloat():
		return sumFolders[k], sumPartial
	}
	return sumFolders[k], wholePartial
}

func sumPartial(a *accumulator) kernels.Partial {
	return kernels.Partial{a.sum.hi, a.sum.lo, float64(a.scale)}
}

func wholePartial(a *accumulator) kernels.Partial {
	p := halves(a.whole)
	p[2] = float64(a.index)
	if a.any {
		p[3] = 1
	}
	return p
}

// halves keeps all 64 bits in numbers.
func halves(v uint64) kernels.Partial {
	return kernels.Partial{float64(uint32(v)), float64(v >> 32)}
}

func wholeOf(p kernels.Partial) uint64 { return uint64(p[0]) | uint64(p[1])<<32 }

// reduction tells how the parts' values become the result; nil where there is none.
func (f fold) reduction(k kind) *kernels.Reduction {
	switch {
	case f == foldNothing:
		return nil
	case f == foldMin || f == foldMax:
		return &kernels.Reduction{
			Decode: func(lo int, w []uint32) kernels.Partial {
				return kernels.Partial{float64(w[0]), float64(w[1]), float64(lo + int(w[2])), 1}
			},
			Combine: higher,
			Finish: func(value any, index *int, p kernels.Partial) {
				storeBits(value, unrank(k, f == foldMin, wholeOf(p)))
				if index != nil {
					*index = int(p[2])
				}
			},
		}
	case f == foldCount || !k.isFloat():
		return &kernels.Reduction{
			Decode:  func(_ int, w []uint32) kernels.Partial { return halves(wordsOf(w)) },
			Combine: func(a, b kernels.Partial) kernels.Partial { return halves(wholeOf(a) + wholeOf(b)) },
			Finish:  func(value any, _ *int, p kernels.Partial) { storeBits(value, wholeOf(p)) },
		}
	}
	return &kernels.Reduction{
		Decode: func(_ int, w []uint32) kernels.Partial {
			size := k.size() / 4
			p := kernels.Partial{number(k, w), number(k, w[size:])}
			if f == foldNrm2 {
				p[2] = float64(int32(w[2*size]))
			}
			return p
		},
		Combine: addScaled,
		Finish: func(value any, _ *int, p kernels.Partial) {
			v := (&compensated{p[0], p[1]}).value()
			if f == foldNrm2 {
				v = math.Ldexp(math.Sqrt(v), int(p[2]))
			}
			if m, ok := value.(*mean); ok {
				v, value = v/float64(m.n), m.result
			}
			storeFloat(value, v)
		},
	}
}

// higher is the partial with the higher rank, of equal ones that of the lower
// index: the work-groups of a device take turns along the arrays.
func higher(a, b kernels.Partial) kernels.Partial {
	switch x, y := wholeOf(a), wholeOf(b); {
	case b[3] == 0:
		return a
	case a[3] == 0 || y > x || y == x && b[2] < a[2]:
		return b
	}
	return a
}

func wordsOf(w []uint32) uint64 {
	if len(w) == 1 {
		return uint64(w[0])
	}
	return uint64(w[0]) | uint64(w[1])<<32
}

// number is the float that stands at the beginning of words.
func number(k kind, w []uint32) float64 {
	if k == float64s {
		return math.Float64frombits(wordsOf(w[:2]))
	}
	return float64(math.Float32frombits(w[0]))
}

func storeFloat(value any, v float64) {
	switch p := value.(type) {
	case *float32:
		*p = float32(v)
	case *float64:
		*p = v
	}
}

func storeBits(value any, bits uint64) {
	switch p := value.(type) {
	case *float32:
		*p = math.Float32frombits(uint32(bits))
	case *float64:
		*p = math.Float64frombits(bits)
	case *int32:
		*p = int32(bits)
	case *uint32:
		*p = uint32(bits)
	case *int64:
		*p = int64(bits)
	case *uint64:
		*p = bits
	case *int:
		*p = int(bits)
	}
}
