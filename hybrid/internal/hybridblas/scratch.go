package hybridblas

import "sync"

// scratch is memory for the time of a call. What it holds is undefined.
type scratch[T number] struct{ data []T }

var scratches [kinds]sync.Pool

// takeScratch returns n elements, to be given back by the caller.
func takeScratch[T number](n int) *scratch[T] {
	s, ok := scratches[kindOf[T]()].Get().(*scratch[T])
	if !ok {
		s = &scratch[T]{}
	}
	if cap(s.data) < n {
		s.data = make([]T, n)
	}
	s.data = s.data[:n]
	return s
}

func (s *scratch[T]) giveBack() { scratches[kindOf[T]()].Put(s) }
