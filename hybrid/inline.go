package hybrid

import (
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/kernels"
)

// crossover is the time, in seconds on one core, below which a launch runs on
// its caller's goroutine. Waking another worker and waiting for it costs about
// 5 µs, so that below some 10 µs nothing is gained by it; a factor of five lets
// the second core have gained something where the launch is first split.
const crossover = 50e-6

// The rates of one core that are assumed of a kernel that was never measured:
// those of a good core, since running inline too often costs less than a
// microsecond's work in the company of the scheduler.
const (
	assumedFlops = 4e9
	assumedBytes = 16e9
)

// measureEvery is how often an inline launch is timed: looking at the clock
// twice costs about 80 ns.
const measureEvery = 16

// knownKernels is for how many kernels rates are learned; there are some 100
// built in. Kernels beyond are judged by their stated cost alone.
const knownKernels = 1024

// inlineRates learns how long kernels take on one core.
type inlineRates struct {
	launches atomic.Int64
	// factors, by kernel ID, are measured times over assumed ones. Zero is
	// unknown. Whoever measures writes; a lost write is no loss.
	factors [knownKernels]atomicFloat
}

// assumed is the time for an index in seconds, from its stated cost.
func assumed(l *kernels.Launch) float64 {
	c := l.Cost()
	return max(c.Flops/assumedFlops, c.Bytes/assumedBytes, 1e-10)
}

// perIndex is the best guess of the time for an index on one core, in seconds.
func (r *inlineRates) perIndex(l *kernels.Launch) float64 {
	t := assumed(l)
	if id := l.Kernel().ID(); id < knownKernels {
		if f := r.factors[id].Load(); f > 0 {
			return t * f
		}
	}
	return t
}

// learn takes in that one core needed so many seconds for n indices.
func (r *inlineRates) learn(l *kernels.Launch, n int, seconds float64) {
	id := l.Kernel().ID()
	if id >= knownKernels || n == 0 {
		return
	}
	f := seconds / (float64(n) * assumed(l))
	if old := r.factors[id].Load(); old > 0 {
		// Slower samples are mostly interruptions: believe them less.
		weight := 0.5
		if f > old {
			weight = 0.1
		}
		f = old + weight*(f-old)
	}
	r.factors[id].Store(f)
}

// runInline runs the launch on the calling goroutine.
func (s *Scheduler) runInline(l kernels.Launch) error {
	n := s.inline.launches.Add(1)
	var start time.Time
	if n%measureEvery == 1 {
		start = time.Now()
	}
	err := runGuarded(&l)
	if n%measureEvery == 1 && err == nil {
		s.inline.learn(&l, l.N(), time.Since(start).Seconds())
	}
	return err
}

// runGuarded runs all of the launch and stores a reduction's result. A panic of
// the kernel becomes an error.
func runGuarded(l *kernels.Launch) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	var p kernels.Partial
	if l.N() > 0 {
		p = l.Run(0, l.N())
	}
	if red := l.Kernel().Reduction; red != nil {
		value, index := l.Result()
		red.Finish(value, index, p)
	}
	return nil
}

// guard runs f; a panic becomes an error.
func guard(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	f()
	return nil
}
