package hybrid

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/blas/cblas64"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/hybrid/internal/hybridblas"
	"github.com/tandem-go/tandem/internal/openblas"
)

// wrap decides what a BLAS wraps where no option has said so, and logs it.
func (s *Scheduler) wrap(cfg *hybridblas.Config) {
	library := sync.OnceValues(s.openBLAS) // it takes milliseconds to load
	inUse := inUse()
	w, one := &cfg.Wrapped, &cfg.Serial
	settle(&w.Float32, &one.Float32, inUse.Float32, library)
	settle(&w.Float64, &one.Float64, inUse.Float64, library)
	settle(&w.Complex64, &one.Complex64, inUse.Complex64, library)
	settle(&w.Complex128, &one.Complex128, inUse.Complex128, library)
	var names []string
	for _, v := range []any{w.Float32, w.Float64, w.Complex64, w.Complex128} {
		names = append(names, implementation(v))
	}
	w.Name = strings.Join(names, " ")
	s.log.Debug("tandem: a BLAS wraps", "float32", names[0], "float64", names[1], "complex64", names[2], "complex128", names[3])
}

// openBLAS is OpenBLAS with as many threads as there are workers, and on one thread
// if that is another; nil where there is none.
func (s *Scheduler) openBLAS() (whole, serial *openblas.BLAS) {
	whole, err := openblas.New(max(1, s.pool.Workers()))
	if err != nil {
		s.log.Debug("tandem: no OpenBLAS", "reason", err)
		return nil, nil
	}
	if whole.Threads() == 1 {
		return whole, nil
	}
	if serial, err = openblas.New(1); err != nil {
		panic("BUG: hybrid: OpenBLAS was there and is gone: " + err.Error())
	}
	return whole, serial
}

// settle decides what is wrapped for one type, unless it is given: what is in use,
// or OpenBLAS instead of gonum's.
func settle[B comparable](given, one *B, inUse B, library func() (whole, serial *openblas.BLAS)) {
	var none B
	if *given != none {
		return
	}
	*given = inUse
	if _, plain := any(inUse).(gonum.Implementation); !plain {
		return
	}
	whole, serial := library()
	if whole == nil {
		return
	}
	*given = any(whole).(B)
	if serial != nil {
		*one = any(serial).(B)
	}
}

// inUse is the implementations in use. Of a BLAS of ours that is what it wraps.
func inUse() hybridblas.Wrapped {
	w := hybridblas.Wrapped{
		Float32: blas32.Implementation(), Float64: blas64.Implementation(),
		Complex64: cblas64.Implementation(), Complex128: cblas128.Implementation(),
	}
	if b, ours := w.Float32.(*BLAS); ours {
		w.Float32 = b.Wrapped().Float32
	}
	if b, ours := w.Float64.(*BLAS); ours {
		w.Float64 = b.Wrapped().Float64
	}
	if b, ours := w.Complex64.(*BLAS); ours {
		w.Complex64 = b.Wrapped().Complex64
	}
	if b, ours := w.Complex128.(*BLAS); ours {
		w.Complex128 = b.Wrapped().Complex128
	}
	return w
}

// implementation names an implementation, in the log and in the model.
func implementation(v any) string {
	if named, ok := v.(fmt.Stringer); ok {
		return named.String()
	}
	return reflect.TypeOf(v).String()
}

var (
	_ blas.Float32    = (*openblas.BLAS)(nil)
	_ blas.Float64    = (*openblas.BLAS)(nil)
	_ blas.Complex64  = (*openblas.BLAS)(nil)
	_ blas.Complex128 = (*openblas.BLAS)(nil)
)
