package hybrid

import (
	"math/bits"
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

// measureEvery is how often a launch below the crossover is timed: looking at the
// clock twice costs about 80 ns.
const measureEvery = 16

// knownKernels is for how many kernels rates are learned; there are some 100
// built in. Kernels beyond are judged by their stated cost alone.
const knownKernels = 1024

// inlineRates learns how long kernels take on one core, by size: what fits into
// a cache may take a tenth of the time of what doesn't.
type inlineRates struct {
	launches atomic.Int64
	// factors, by kernel ID and size class, are measured times over assumed
	// ones. Zero is unknown. Whoever measures writes; a lost write is no loss.
	factors [knownKernels][workClasses]atomicFloat
}

// workClasses is the number of size classes of a launch.
const workClasses = 32

// workClass is the size class of a launch's work: bytes moved or operations done, whichever
// is more. Each is four times as large as the one before.
func workClass(l *kernels.Launch) int {
	c := l.Cost()
	return min(bits.Len64(uint64(float64(l.N())*max(c.Flops, c.Bytes)))/2, workClasses-1)
}

// assumed is the time for an index in seconds, from its stated cost.
func assumed(l *kernels.Launch) float64 {
	c := l.Cost()
	return max(c.Flops/assumedFlops, c.Bytes/assumedBytes, 1e-10)
}

// perIndex is the best guess of the time for an index on one core, in seconds, and
// whether it was measured at about this size.
func (r *inlineRates) perIndex(l *kernels.Launch) (seconds float64, measured bool) {
	t := assumed(l)
	id := l.Kernel().ID()
	if id >= knownKernels {
		return t, true // nothing will ever be known
	}
	row, class := &r.factors[id], workClass(l)
	if f := row[class].Load(); f > 0 {
		return t * f, true
	}
	for d := 1; d < workClasses; d++ {
		for _, near := range [2]int{class - d, class + d} {
			if near >= 0 && near < workClasses {
				if f := row[near].Load(); f > 0 {
					return t * f, false
				}
			}
		}
	}
	return t, false
}

// learn takes in that one core needed so many seconds for n indices.
func (r *inlineRates) learn(l *kernels.Launch, n int, seconds float64) {
	id := l.Kernel().ID()
	if id >= knownKernels || n == 0 {
		return
	}
	factor := &r.factors[id][workClass(l)]
	f := seconds / (float64(n) * assumed(l))
	if old := factor.Load(); old > 0 {
		// Slower samples are mostly interruptions: believe them less.
		weight := 0.5
		if f > old {
			weight = 0.1
		}
		f = old + weight*(f-old)
	}
	factor.Store(f)
}

// inlines reports whether the launch is below the crossover, and whether it should
// be timed.
func (s *Scheduler) inlines(l *kernels.Launch) (inline, timed bool) {
	seconds, measured := s.inline.perIndex(l)
	if float64(l.N())*seconds > crossover {
		return false, false
	}
	return true, !measured
}

// runInline runs the launch on the calling goroutine.
func (s *Scheduler) runInline(l *kernels.Launch, timed bool) error {
	if s.inline.launches.Add(1)%measureEvery != 0 && !timed {
		return runGuarded(l)
	}
	start := time.Now()
	err := runGuarded(l)
	if err == nil {
		s.inline.learn(l, l.N(), time.Since(start).Seconds())
	}
	return err
}

// atHome reports whether a launch on resident buffers is as one on slices: all that it
// touches is valid at home, written or read, and the CPU workers are who it would be
// given to. A buffer whose newest content is on a device, or a device that may do
// better, keeps the launch from the calling goroutine. The arguments are locked, so
// that what is at home stays there.
func (s *Scheduler) atHome(l *kernels.Launch, all []candidate) bool {
	for k := range l.Args() {
		a := &l.Args()[k]
		if a.Memory() == nil {
			continue
		}
		from, to := a.Window(0, l.N())
		size := a.Type().Size()
		if !a.Memory().AtHome(int64(from*size), int64(to*size)) {
			return false
		}
	}
	if len(all) > 1 {
		chosen, unproven := s.place(l, all)
		if len(unproven) > 0 {
			return false
		}
		all, _ = divide(chosen, l.N())
	}
	return len(all) == 1 && all[0].m.isCPU()
}

// commitHome makes what a launch has written at home the newest content of its
// buffers, also when the kernel panicked.
func commitHome(l *kernels.Launch) {
	for k := range l.Args() {
		a := &l.Args()[k]
		if a.Memory() == nil || l.Access(k)&kernels.Out == 0 {
			continue
		}
		from, to := a.Window(0, l.N())
		size := a.Type().Size()
		a.Memory().CommitHost(int64(from*size), int64(to*size))
	}
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
