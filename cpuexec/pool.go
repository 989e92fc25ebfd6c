package cpuexec

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tandem-go/tandem/steal"
)

// Pool is a fixed number of CPU workers. It may be used by any number of
// goroutines.
//
// Locks are taken in this order: a crew's, the pool's, an invitation's; the lot
// and the injector lock for themselves and call nobody.
type Pool struct {
	workers int
	seats   []*seat
	lot     steal.Lot
	quit    chan struct{}
	closing sync.Once
	running sync.WaitGroup // the pool's goroutines

	parties chan party
	tasks   *steal.Injector[task]
	waiting steal.Lot // of those who wait for room in tasks
	counts  counts

	// watched tells parked workers, without mu, whether crews has any.
	watched  atomic.Int32
	watching atomic.Bool  // a parked worker looks at the crews now and then
	interval atomic.Int64 // of these looks, in nanoseconds
	mu       sync.Mutex
	latest   *broadcast    // guarded by mu
	crews    []party       // fork-joins in progress; guarded by mu
	kits     map[any][]any // crews for reuse, by their type; guarded by mu
}

// party is work that goes on anyway and that workers may join.
type party interface {
	// join takes part until there is nothing to do for another worker, and
	// reports whether that was worth it.
	join(w *Worker) bool
}

// partiesWaiting is how many invitations for each worker may wait. Beyond that
// the workers have so much to do that a further invitation would change nothing:
// it is dropped, and whoever sent it does the work himself.
const partiesWaiting = 8

// queueLimit is how many tasks may wait unless [QueueLimit] says otherwise.
const queueLimit = 1 << 20

// Option changes what [New] makes.
type Option func(*options) error

type options struct{ queueLimit int }

// QueueLimit bounds the number of tasks from outside that wait for a worker. It
// is 1,048,576 otherwise.
func QueueLimit(tasks int) Option {
	return func(o *options) error {
		if tasks < 1 {
			return fmt.Errorf("cpuexec: a queue for %d tasks: want at least 1", tasks)
		}
		o.queueLimit = tasks
		return nil
	}
}

// New starts a pool of the given number of workers. Zero means GOMAXPROCS.
func New(workers int, opts ...Option) (*Pool, error) {
	if workers < 0 {
		return nil, fmt.Errorf("cpuexec: a pool of %d workers: want 0 for GOMAXPROCS, or more", workers)
	}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	o := options{queueLimit: queueLimit}
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return nil, err
		}
	}
	p := &Pool{
		workers: workers,
		quit:    make(chan struct{}),
		parties: make(chan party, partiesWaiting*workers),
		tasks:   steal.NewInjector[task](o.queueLimit),
		kits:    map[any][]any{},
	}
	p.interval.Store(int64(watchInterval))
	p.latest = &broadcast{}
	for range workers {
		p.seats = append(p.seats, newSeat(len(p.seats), p.latest))
	}
	for _, s := range p.seats {
		p.running.Go(func() { p.work(s) })
	}
	return p, nil
}

// Workers is the number of workers.
func (p *Pool) Workers() int { return p.workers }

// Close lets no further work in, and returns when every task that was let in has
// been run and the workers have ended. It is idempotent. It must not be called
// from inside work of the pool.
func (p *Pool) Close() {
	p.closing.Do(func() {
		p.tasks.Close()
		p.mu.Lock() // announce looks at quit
		close(p.quit)
		p.mu.Unlock()
	})
	p.running.Wait()
}

func (p *Pool) closed() bool {
	select {
	case <-p.quit:
		return true
	default:
		return false
	}
}

// call invites one worker to a party. It reports false if so many invitations
// wait already that this one was dropped.
func (p *Pool) call(to party) bool {
	select {
	case p.parties <- to:
		p.lot.Wake()
		return true
	default:
		return false
	}
}
