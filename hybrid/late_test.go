package hybrid_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// assign copies an argument.
var assign = kernels.Define(kernels.Kernel{
	Name:   "test.assign",
	Params: []kernels.Param{{Name: "x", Type: kernels.Float32, Access: kernels.In}, {Name: "y", Type: kernels.Float32, Access: kernels.Out}},
	Go: func(c *kernels.Call) {
		y := kernels.Slice[float32](c, 1)
		copy(y, kernels.Slice[float32](c, 0))
		takeTime(len(y))
	},
})

// late is a program of launches on resident buffers, on workers and two devices that
// are late at times, so that chunks are taken from them. Buffers are seldom read:
// mostly devices and the host each have the only copy of some of it.
type late struct {
	*testing.T
	rng     *rand.Rand
	s       *hybrid.Scheduler
	buffers [4]*residency.Buffer[float32]
	values  [4][]float32 // what they should hold
}

func newLate(t *testing.T, seed uint64) *late {
	p := &late{T: t, rng: rand.New(rand.NewPCG(seed, 0))}
	opts := []hybrid.Option{hybrid.WithDevices("cpu"), hybrid.WithWorkers(1 + p.rng.IntN(3)), hybrid.WithChunkDeadline(5 * time.Second)}
	for i := range 2 {
		cfg := sim.Config{
			ID: fmt.Sprintf("sim:%d", i), Rate: 1e5 * float64(1+p.rng.IntN(10)), Seed: seed,
			LaunchLatency: 10 * time.Microsecond, TransferLatency: time.Duration(1+p.rng.IntN(200)) * time.Microsecond,
		}
		for range 1 + p.rng.IntN(4) {
			cfg.Faults = append(cfg.Faults, sim.Fault{
				Kind: sim.Delay, At: 10 + p.rng.IntN(300), Count: 1 + p.rng.IntN(3),
				Delay: time.Duration(1+p.rng.IntN(200)) * time.Millisecond,
			})
		}
		opts = append(opts, hybrid.WithDevice(simulated(t, cfg)))
	}
	p.s = open(t, opts...)
	n := 1 + p.rng.IntN(8192)
	for b := range p.buffers {
		p.buffers[b], p.values[b] = residency.New[float32](n), make([]float32, n)
	}
	return p
}

// write puts new values into a buffer.
func (p *late) write(b int) error {
	for i := range p.values[b] {
		p.values[b][i] = float32(p.rng.IntN(1000))
	}
	return p.buffers[b].CopyFrom(p.Context(), p.values[b])
}

// prepare notes what a launch will do: assign one buffer to another, or add it.
func (p *late) prepare(from, to int) (launch func() error) {
	kernel := assign
	if p.rng.IntN(3) == 0 && slices.Max(p.values[from])+slices.Max(p.values[to]) < 1<<24 { // exact
		kernel = addTwice
	}
	for i, v := range p.values[from] {
		if kernel == assign {
			p.values[to][i] = 0
		}
		p.values[to][i] += v
	}
	l := kernels.NewLaunch(kernel, len(p.values[to]))
	l.AddArg(kernels.Of[float32](p.buffers[from]), kernels.Elementwise)
	l.AddArg(kernels.Of[float32](p.buffers[to]), kernels.Elementwise)
	cost(&l)
	options := []hybrid.LaunchOption{
		hybrid.EveryDevice(), hybrid.EveryDevice(), hybrid.On("sim:0", "sim:1"), hybrid.On("cpu"), hybrid.On("cpu", "sim:0"),
	}
	option := options[p.rng.IntN(len(options))]
	return func() error {
		if err := p.s.Launch(p.Context(), l, option); err != nil {
			return fmt.Errorf("%s %d to %d: %w", l.Kernel().Name, from, to, err)
		}
		return nil
	}
}

// read compares a buffer with what it should hold.
func (p *late) read(b int) error {
	got := make([]float32, len(p.values[b]))
	if err := p.buffers[b].CopyTo(p.Context(), got); err != nil {
		return err
	}
	for i, v := range got {
		if v != p.values[b][i] {
			return fmt.Errorf("element %d of buffer %d is %v, want %v", i, b, v, p.values[b][i])
		}
	}
	return nil
}

// step launches once, or twice at the same time from one buffer or two to two others.
func (p *late) step() error {
	order := p.rng.Perm(len(p.buffers))
	launches := []func() error{p.prepare(order[0], order[1])}
	if p.rng.IntN(3) == 0 {
		launches = append(launches, p.prepare(order[2*p.rng.IntN(2)], order[3]))
	}
	errs := make([]error, len(launches))
	var wg sync.WaitGroup
	for i, launch := range launches {
		wg.Go(func() { errs[i] = launch() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (p *late) steps() (err error) {
	defer func() { err = errors.Join(err, p.s.Close()) }()
	for range 40 {
		b := p.rng.IntN(len(p.buffers))
		switch p.rng.IntN(8) {
		case 0:
			err = p.write(b)
		case 1:
			err = p.read(b)
		default:
			err = p.step()
		}
		if err != nil {
			return err
		}
	}
	for b := range p.buffers {
		err = errors.Join(err, p.read(b))
	}
	return err
}

// TestLateDevices: nothing that workers or devices have written is lost or comes back
// when chunks are taken from devices that are late.
func TestLateDevices(t *testing.T) {
	count := 150
	if testing.Short() {
		count = 30
	}
	for _, seed := range seeds(t, count) {
		var err error
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { err = newLate(t, seed).steps() })
		})
		if err != nil || !ok {
			t.Fatalf("%v\nreplay with %s=%d", err, EnvSeed, seed)
		}
	}
}
