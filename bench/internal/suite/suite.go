// Package suite is Tandem's benchmark suite: one file for each category, and in
// it each workload as Tandem does it, as plain Go does it, and, where they are
// wanted, as the programs under bench/peers do it.
package suite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/peer"
	"github.com/tandem-go/tandem/hybrid"
)

// Suite is one run of the benchmarks.
type Suite struct {
	*measure.Runner
	Quick bool // less of everything: that it runs, and roughly how fast
	Long  bool // also what takes minutes
	// Devices are how the categories about devices open them; the default is
	// all there are.
	Devices []hybrid.Option
	// Peers are nil where only what needs nothing but Go is measured.
	Peers *peer.Set
	// Self is the command that has this program be a child; see [Child].
	Self []string

	awake    map[string]bool // peers' programs, by name and workers
	lateJobs map[string]bool // of Python's libraries, whether they are left out
}

// Category is one kind of promise.
type Category struct {
	Name  string
	Title string
	run   func(s *Suite, ctx context.Context) error
}

// Categories are all there are, in the order in which they are measured. The
// first says what measuring costs.
var Categories = []Category{
	{"harness", "what the harness itself costs", (*Suite).harness},
	{"submit", "submitting tasks, and waiting for all of them", (*Suite).submit},
	{"speedup", "10 tasks of 10 ms on 4 workers", (*Suite).speedup},
	{"latency", "from submission to the result of one task", (*Suite).latency},
	{"scaling", "16 tasks that need a core, by workers", (*Suite).scaling},
	{"priority", "tasks of mixed priorities", (*Suite).priority},
	{"device", "launches, transfers and their overlap", (*Suite).device},
	{"kernel", "each operation on each device, beside what limits it", (*Suite).kernel},
	{"split", "one launch over all devices, by operation and size", (*Suite).split},
	{"operations", "operations beside plain Go", (*Suite).operations},
	{"expression", "k operations on whole arrays as one kernel", (*Suite).expression},
	{"fault", "time to recover", (*Suite).fault},
	{"memory", "what waiting tasks hold, and devices short of memory", (*Suite).memory},
	{"startup", "time to the first result, and memory at rest", (*Suite).startup},
}

// Run measures the categories that are named, or all. Of one that fails the others are
// measured all the same.
func (s *Suite) Run(ctx context.Context, names ...string) error {
	var failed failures
	for _, c := range Categories {
		if len(names) > 0 && !slices.Contains(names, c.Name) {
			continue
		}
		if err := c.run(s, ctx); err != nil && failed.goOn(ctx, fmt.Errorf("%s: %w", c.Name, err)) != nil {
			break
		}
	}
	return failed.all()
}

// failures are those of parts that others don't need: a GPU that is met for a few
// minutes had better be measured as far as it goes.
type failures []error

// goOn keeps an error, and answers one if ctx has ended.
func (f *failures) goOn(ctx context.Context, err error) error {
	if err != nil {
		*f = append(*f, err)
	}
	return ctx.Err()
}

func (f failures) all() error { return errors.Join(f...) }

// fewer is n, or a smaller number for a quick run.
func (s *Suite) fewer(n, quick int) int {
	if s.Quick {
		return quick
	}
	return n
}

// cores is as many workers as there are cores for them.
func cores() int { return runtime.GOMAXPROCS(0) }

// told is a peer's program doing a job of so many operations.
func (s *Suite) told(subject, program string, workers int, job string, operations int) []measure.Subject {
	if s.Peers == nil {
		return nil
	}
	times := 0
	return []measure.Subject{{Name: subject, Prepare: s.ready(program, workers), Run: func(ctx context.Context) (float64, error) {
		p := s.Peers.Get(ctx, program, workers)
		if times > 1 {
			took, err := p.Repeated(job, times)
			return float64(took) / float64(operations), err
		}
		took, err := p.Time(job)
		// What is short is repeated for a sample, as it is by measure.Timed.
		times = 1 + int(measure.Batch/max(took, 1))
		return float64(took) / float64(operations), err
	}}}
}

// ready builds and starts a peer's program. Ray and Dask start their workers'
// processes with the first tasks, which takes seconds, and keep them.
func (s *Suite) ready(program string, workers int) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		p := s.Peers.Get(ctx, program, workers)
		if p.Missing != "" {
			return errors.New(p.Missing)
		}
		if key := fmt.Sprint(program, workers); (program == "ray" || program == "dask") && !s.awake[key] {
			if _, err := p.Repeated(fmt.Sprint("outside ", 4*workers), 1); err != nil {
				return err
			}
			if s.awake == nil {
				s.awake = map[string]bool{}
			}
			s.awake[key] = true
		}
		return nil
	}
}

// missing is a peer that is not run, if peers are wanted at all.
func (s *Suite) missing(subject, why string, published *measure.Published) []measure.Subject {
	if s.Peers == nil {
		return nil
	}
	return []measure.Subject{measure.Missing(subject, why, published)}
}

// open is a scheduler with CPU workers only, which remembers nothing of earlier
// runs and nothing for later ones.
func open(workers int, opts ...hybrid.Option) (*hybrid.Scheduler, error) {
	return hybrid.Open(append([]hybrid.Option{
		hybrid.WithDevices("cpu"), hybrid.WithWorkers(workers), hybrid.WithModelFile(""), hybrid.WithQueueLimit(16 << 20),
	}, opts...)...)
}

// waitAll waits for futures, all of which have to end well.
func waitAll[T any](ctx context.Context, futures []*hybrid.Future[T]) error {
	for _, f := range futures {
		if _, err := f.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// middle is the median of a sample's operations.
func middle(times []time.Duration) float64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return float64(times[len(times)/2])
}

func concat(lists ...[]measure.Subject) []measure.Subject { return slices.Concat(lists...) }
