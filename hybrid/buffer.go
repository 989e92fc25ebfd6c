package hybrid

import (
	"fmt"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/residency"
)

// Buffer is memory that stays on the devices that last used it, and moves only
// when it must; see [residency.Buffer]. The kernels' constructors take buffers
// where they take slices. Close of the scheduler brings its content home.
type Buffer[T any] = residency.Buffer[T]

// NewBuffer returns a buffer of n zeros. A T that no buffer holds, see
// [residency.Holds], is an error.
func NewBuffer[T any](s *Scheduler, n int) (*Buffer[T], error) {
	if err := residency.Holds[T](); err != nil {
		return nil, fmt.Errorf("hybrid: NewBuffer: %w", err)
	}
	if n < 0 {
		return nil, fmt.Errorf("hybrid: NewBuffer: %w: n is %d", device.ErrInvalid, n)
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.running.Done()
	return residency.New[T](n), nil
}

// BufferFrom returns a buffer with a copy of x. A T that no buffer holds, see
// [residency.Holds], is an error.
func BufferFrom[T any](s *Scheduler, x []T) (*Buffer[T], error) {
	if err := residency.Holds[T](); err != nil {
		return nil, fmt.Errorf("hybrid: BufferFrom: %w", err)
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.running.Done()
	return residency.From(x), nil
}
