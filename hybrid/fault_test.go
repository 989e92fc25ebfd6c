package hybrid_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// takeTime has a kernel last, in virtual time, so that other devices act between its
// writing and its end: a worker's million indices a second.
func takeTime(n int) { time.Sleep(time.Duration(n) * time.Microsecond) }

// The kernels of the random schedules: one that reads and writes an argument, so
// that an index done twice shows; one that only writes; one that needs all of an
// argument; one that reduces.
var (
	addTwice = kernels.Define(kernels.Kernel{
		Name:   "test.add",
		Params: []kernels.Param{{Name: "x", Type: kernels.Float32, Access: kernels.In}, {Name: "y", Type: kernels.Float32, Access: kernels.InOut}},
		Go: func(c *kernels.Call) {
			y := kernels.Slice[float32](c, 1)
			for i, v := range kernels.Slice[float32](c, 0) {
				y[i] += v
			}
			takeTime(len(y))
		},
	})
	position = kernels.Define(kernels.Kernel{
		Name:   "test.position",
		Params: []kernels.Param{{Name: "table", Type: kernels.Float32, Access: kernels.In}, {Name: "y", Type: kernels.Float32, Access: kernels.Out}},
		Go: func(c *kernels.Call) {
			table, y := kernels.Slice[float32](c, 0), kernels.Slice[float32](c, 1)
			for i := range y {
				y[i] = table[(c.Lo+i)%len(table)]
			}
			takeTime(len(y))
		},
	})
	total = kernels.Define(kernels.Kernel{
		Name:   "test.total",
		Params: []kernels.Param{{Name: "x", Type: kernels.Float32, Access: kernels.In}},
		Go: func(c *kernels.Call) {
			for _, v := range kernels.Slice[float32](c, 0) {
				c.Partial[0] += float64(v)
				c.Partial[1]++
			}
		},
		Reduction: &kernels.Reduction{
			Combine: func(a, b kernels.Partial) kernels.Partial {
				a[0] += b[0]
				a[1] += b[1]
				return a
			},
			Finish: func(value any, _ *int, p kernels.Partial) { *value.(*kernels.Partial) = p },
		},
	})
)

// job is a launch with the check of its result.
type job struct {
	name   string
	launch kernels.Launch
	check  func() error
}

func cost(l *kernels.Launch) { l.SetCost(kernels.Cost{Flops: 1e6}) } // far above the crossover

func addJob(n int) job {
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i], y[i] = float32(i), 1
	}
	l := kernels.NewLaunch(addTwice, n)
	l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
	l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
	cost(&l)
	return job{"add", l, func() error {
		for i, v := range y {
			if v != 1+float32(i) {
				return fmt.Errorf("y[%d] = %v, want %v", i, v, 1+float32(i))
			}
		}
		return nil
	}}
}

func positionJob(n int) job {
	table, y := make([]float32, 97), make([]float32, n)
	for i := range table {
		table[i] = float32(i * i)
	}
	l := kernels.NewLaunch(position, n)
	l.AddArg(kernels.Of[float32](table), kernels.Whole)
	l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
	cost(&l)
	return job{"position", l, func() error {
		for i, v := range y {
			if v != table[i%97] {
				return fmt.Errorf("y[%d] = %v, want %v", i, v, table[i%97])
			}
		}
		return nil
	}}
}

func totalJob(n int) job {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i % 1000)
	}
	sum := new(kernels.Partial)
	l := kernels.NewLaunch(total, n)
	l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
	l.SetResult(sum, nil)
	cost(&l)
	return job{"total", l, func() error {
		var want float64
		for _, v := range x {
			want += float64(v)
		}
		if sum[0] != want || sum[1] != float64(n) {
			return fmt.Errorf("sum %v of %v numbers, want %v of %d", sum[0], sum[1], want, n)
		}
		return nil
	}}
}

// residentJob reads a buffer and overwrites y. Its values are those from first on, so
// that it shows where something of an earlier job stayed.
func residentJob(t *testing.T, y *residency.Buffer[float32], first int) job {
	n := y.Len()
	table := residency.New[float32](97)
	values := make([]float32, 97)
	for i := range values {
		values[i] = float32(first + i)
	}
	if err := table.CopyFrom(t.Context(), values); err != nil {
		t.Fatal(err)
	}
	l := kernels.NewLaunch(position, n)
	l.AddArg(kernels.Of[float32](table), kernels.Whole)
	l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
	cost(&l)
	return job{"resident", l, func() error {
		got := make([]float32, n)
		if err := y.CopyTo(t.Context(), got); err != nil {
			return err
		}
		for i, v := range got {
			if v != values[i%97] {
				return fmt.Errorf("y[%d] = %v, want %v", i, v, values[i%97])
			}
		}
		return nil
	}}
}

func randomFault(rng *rand.Rand) sim.Fault {
	kinds := []sim.FaultKind{
		sim.FailAlloc, sim.FailCompile, sim.FailUpload, sim.FailDownload, sim.FailLaunch,
		sim.Lose, sim.Hang, sim.Slow, sim.Delay,
	}
	f := sim.Fault{Kind: kinds[rng.IntN(len(kinds))]}
	if rng.IntN(2) == 0 && f.Kind != sim.FailAlloc && f.Kind != sim.FailCompile {
		f.After = time.Duration(1 + rng.Int64N(int64(30*time.Millisecond)))
	} else {
		f.At = 1 + rng.IntN(1<<rng.IntN(7))
	}
	switch f.Kind {
	case sim.Slow:
		f.Factor = []float64{3, 30, 1000}[rng.IntN(3)]
	case sim.Delay:
		f.Delay = time.Duration(1+rng.Int64N(5000)) * time.Millisecond
	case sim.FailAlloc, sim.FailUpload, sim.FailDownload, sim.FailLaunch:
		f.Count = 1 + rng.IntN(4)
		f.Refuse = f.Kind != sim.FailAlloc && rng.IntN(2) == 0
	}
	return f
}

// randomDevice is a device with up to three faults; healthy ones have none.
func randomDevice(rng *rand.Rand, i int, healthy bool) sim.Config {
	cfg := sim.Config{
		ID: fmt.Sprintf("sim:%d", i), Seed: rng.Uint64(),
		Rate:              1e4 * float64(uint(1)<<rng.IntN(10)),
		LaunchLatency:     time.Duration(rng.IntN(100)) * time.Microsecond,
		TransferLatency:   time.Duration(rng.IntN(20)) * time.Microsecond,
		UploadBandwidth:   float64(rng.IntN(2)) * 1e9,
		DownloadBandwidth: float64(rng.IntN(2)) * 1e9,
		Jitter:            0.5 * rng.Float64(),
		Memory:            1 << (18 + rng.IntN(8)),
	}
	if healthy {
		return cfg
	}
	if rng.IntN(8) == 0 {
		cfg.Memory = 1 << (8 + rng.IntN(8))
	}
	for range rng.IntN(4) {
		cfg.Faults = append(cfg.Faults, randomFault(rng))
	}
	return cfg
}

// schedule runs launches on devices that fail at random, in virtual time, and
// returns what is wrong.
func schedule(t *testing.T, seed uint64) (err error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	selection, count := "none:*", 1+rng.IntN(5)
	healthy := rng.IntN(3 * count) // the device without faults, if it is there
	if rng.IntN(4) == 0 {
		selection = "cpu"
	}
	sound := selection == "cpu" || healthy < count
	opts := []hybrid.Option{
		hybrid.WithDevices(selection), hybrid.WithWorkers(1 + rng.IntN(3)), hybrid.WithChunkDeadline(time.Second),
	}
	var devices []*sim.Device
	for i := range count {
		d, err := sim.Open(randomDevice(rng, i, i == healthy))
		if err != nil {
			return err
		}
		devices = append(devices, d)
		opts = append(opts, hybrid.WithDevice(d))
	}
	s := open(t, opts...)
	defer func() {
		closed := s.Close()
		if err == nil && closed != nil && !isDeviceError(closed) {
			err = fmt.Errorf("Close: %w", closed)
		}
		for _, d := range devices {
			_ = d.Close() // waits for what the scheduler has given up on
			if m := d.Memory(); err == nil && (m.InUse != 0 || m.Buffers != 0) {
				err = fmt.Errorf("%s holds %d bytes in %d buffers after Close", d.Info().ID, m.InUse, m.Buffers)
			}
		}
	}()
	// What devices have written stays with them from launch to launch, unless it is read.
	kept := residency.New[float32](1 + rng.IntN(1<<(4+rng.IntN(10))))
	for round := range 1 + rng.IntN(4) {
		var jobs []job
		for range 1 + rng.IntN(2) { // at the same time
			n := 1 + rng.IntN(1<<(4+rng.IntN(10)))
			switch rng.IntN(6) {
			case 0:
				jobs = append(jobs, addJob(n))
			case 1:
				jobs = append(jobs, positionJob(n))
			case 2:
				jobs = append(jobs, totalJob(n))
			case 3:
				jobs = append(jobs, residentJob(t, residency.New[float32](n), 0))
			case 4:
				// Undivided on the slowest sound device, two at a time: within the deadline.
				jobs = append(jobs, anywhereJob(1+n/4))
			case 5:
				jobs = append(jobs, raggedJob(n))
			}
		}
		if rng.IntN(2) == 0 {
			j := residentJob(t, kept, 100*round)
			if rng.IntN(2) == 0 {
				j.check = func() error { return nil } // the next one overwrites it
			}
			jobs = append(jobs, j)
		}
		var options []hybrid.LaunchOption
		if rng.IntN(3) == 0 {
			options = append(options, hybrid.EveryDevice())
		}
		errs := make([]error, len(jobs))
		var wg sync.WaitGroup
		for i, j := range jobs {
			wg.Go(func() { errs[i] = outcome(j, s.Launch(t.Context(), j.launch, options...), sound) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

// outcome checks a launch: the right result, or a *DeviceError if no device
// could be counted on.
func outcome(j job, err error, sound bool) error {
	if err == nil {
		if err = j.check(); err == nil {
			return nil
		}
		if !isDeviceError(err) {
			return fmt.Errorf("%s: wrong result: %w", j.name, err)
		}
		if j.name == "resident" {
			return nil // the only copy was lost with its device, and that is said
		}
	}
	switch {
	case !isDeviceError(err):
		return fmt.Errorf("%s: %w, want a *DeviceError", j.name, err)
	case sound:
		return fmt.Errorf("%s: failed although a device was sound: %w", j.name, err)
	}
	return nil
}

func isDeviceError(err error) bool {
	var e *hybrid.DeviceError
	return errors.As(err, &e)
}

// Random faults of every kind, at random times, must end with the right result
// or, only when no device is left, a *DeviceError; every index is done exactly
// once; nothing is leaked and nobody waits for ever (the bubble would deadlock).
func TestRandomFaults(t *testing.T) {
	count := 10000
	if testing.Short() {
		count = 200
	}
	for _, seed := range seeds(t, count) {
		var err error
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { err = schedule(t, seed) })
		})
		if err != nil || !ok {
			t.Fatalf("%v\nreplay with %s=%d", err, EnvSeed, seed)
		}
	}
}
