package hostblas

import "sync"

// scratch is memory for the time of a call. What it holds is undefined.
type scratch[T float32 | float64] struct {
	data []T
}

var scratches32, scratches64 sync.Pool

// takeScratch returns n elements, to be given back by the caller.
func takeScratch[T float32 | float64](n int) *scratch[T] {
	s, ok := scratches[T]().Get().(*scratch[T])
	if !ok {
		s = &scratch[T]{}
	}
	if cap(s.data) < n {
		s.data = make([]T, n)
	}
	s.data = s.data[:n]
	return s
}

func (s *scratch[T]) giveBack() { scratches[T]().Put(s) }

func scratches[T float32 | float64]() *sync.Pool {
	if _, double := any(T(0)).(float64); double {
		return &scratches64
	}
	return &scratches32
}
