package hybrid_test

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/blastest"
	"github.com/tandem-go/tandem/internal/openblas"
)

// eachSet runs test with a BLAS on each set of devices: the CPU workers alone,
// together with simulated devices, and real devices without them.
func eachSet(t *testing.T, tile int, test func(t *testing.T, b *hybrid.BLAS)) {
	sets := map[string]func(t *testing.T) []hybrid.Option{
		"cpu": func(*testing.T) []hybrid.Option {
			return []hybrid.Option{hybrid.WithDevices("cpu"), hybrid.WithWorkers(3)}
		},
		"cpu+sims": func(t *testing.T) []hybrid.Option {
			return []hybrid.Option{
				hybrid.WithDevices("cpu"), hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0"})),
				hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:1", NoFloat64: true})),
			}
		},
	}
	for _, found := range device.Probe() {
		if len(found.Devices) > 0 && found.Backend != "cpu" {
			sets[found.Backend] = func(*testing.T) []hybrid.Option {
				return []hybrid.Option{hybrid.WithDevices(found.Backend + ":*")}
			}
		}
	}
	for name, opts := range sets {
		t.Run("on="+name, func(t *testing.T) {
			s := open(t, opts(t)...)
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(t, s.BLAS(hybrid.AlwaysTiled(tile), overGonum()))
			var tiles int64
			devices := s.Stats().Devices
			for _, d := range devices {
				tiles += d.Chunks
				t.Logf("%s: %d tiles, %d bytes up, %d down", d.ID, d.Chunks, d.Uploaded, d.Downloaded)
				if d.Failures > 0 || d.Quarantined != nil {
					t.Errorf("%s failed %d times: %v", d.ID, d.Failures, d.Quarantined)
				}
			}
			if devices[len(devices)-1].ID != "cpu" && tiles == 0 {
				t.Error("no device has computed anything")
			}
		})
	}
}

// overGonum has gonum's own BLAS wrapped, in builds with OpenBLAS too.
func overGonum() hybrid.BLASOption {
	var g gonum.Implementation
	return hybrid.OverBLAS(g, g, g, g)
}

// TestBLASWraps looks at what is wrapped where no option says so.
func TestBLASWraps(t *testing.T) {
	var log strings.Builder
	s := open(t, hybrid.WithDevices("cpu"), hybrid.WithWorkers(2),
		hybrid.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	defer s.Close()
	want := "gonum.Implementation"
	if o, err := openblas.New(2); err == nil {
		want = o.String()
	}
	for name, opts := range map[string][]hybrid.BLASOption{want: nil, "gonum.Implementation": {overGonum()}} {
		log.Reset()
		b := s.BLAS(opts...)
		if got := b.Wrapped().Name; got != strings.Join([]string{name, name, name, name}, " ") {
			t.Errorf("wraps %s, want %s of each type", got, name)
		}
		if !strings.Contains(log.String(), name) {
			t.Errorf("log %q says nothing of %s", log.String(), name)
		}
	}
	blas64.Use(s.BLAS())
	defer blas64.Use(gonum.Implementation{})
	if _, nested := s.BLAS().Wrapped().Float64.(*hybrid.BLAS); nested {
		t.Error("wraps a BLAS of Tandem's")
	}
}

// TestBLASOverOpenBLAS has the workers compute tiles by OpenBLAS, and leave calls
// alone where nothing is forced: OpenBLAS has threads of its own.
func TestBLASOverOpenBLAS(t *testing.T) {
	if _, err := openblas.New(2); err != nil {
		t.Logf("gonum's stands in: %v", err)
	}
	s := open(t, hybrid.WithDevices("cpu"), hybrid.WithWorkers(3))
	defer s.Close()
	tiled := s.BLAS(hybrid.AlwaysTiled(16))
	blastest.Differential(t, tiled, rand.New(rand.NewPCG(1, 2)), 3, 60)
	for _, b := range []*hybrid.BLAS{tiled, s.BLAS()} {
		blastest.Gonum(t, b, regexp.MustCompile("^(Dgemm|Dsyrk|Dtrsm|Zhemm|Zher2k|Dgemv|Zaxpy)$"))
		var users sync.WaitGroup
		for n := range 6 {
			users.Go(func() {
				p := newProduct(80 + 20*n)
				p.run(b)
				p.check(t)
			})
		}
		users.Wait()
	}
}

func TestBLASByGonumsSuite(t *testing.T) {
	routines := regexp.MustCompile("")
	if testing.Short() { // those that devices take, in a type each
		routines = regexp.MustCompile("^(Dgemm|Dsyrk|Dtrmm|Zhemm|Zher2k)$")
	}
	eachSet(t, 16, func(t *testing.T, b *hybrid.BLAS) { blastest.Gonum(t, b, routines) })
}

func TestBLASAgainstGonum(t *testing.T) {
	for _, seed := range seeds(t, 1) {
		t.Logf("%s=%d", EnvSeed, seed)
		eachSet(t, 7, func(t *testing.T, b *hybrid.BLAS) {
			blastest.Differential(t, b, rand.New(rand.NewPCG(seed, 1)), 8, 30)
		})
	}
}

func TestBLASPanicsAsGonum(t *testing.T) {
	eachSet(t, 2, func(t *testing.T, b *hybrid.BLAS) {
		blastest.Panics(t, b, rand.New(rand.NewPCG(1, 2)), 1)
	})
}

// product is a product of two matrices of order n, and what it should be.
type product struct {
	n                int
	a, b, got, exact []float64
}

func newProduct(n int) *product {
	rng := rand.New(rand.NewPCG(uint64(n), 5))
	p := &product{n: n, a: random(rng, n*n), b: random(rng, n*n), got: random(rng, n*n)}
	p.exact = append([]float64{}, p.got...)
	gonum.Implementation{}.Dgemm(blas.NoTrans, blas.Trans, n, n, n, 0.5, p.a, n, p.b, n, 2, p.exact, n)
	return p
}

func (p *product) run(b *hybrid.BLAS) {
	b.Dgemm(blas.NoTrans, blas.Trans, p.n, p.n, p.n, 0.5, p.a, p.n, p.b, p.n, 2, p.got, p.n)
}

func (p *product) check(t *testing.T) {
	t.Helper()
	if d := floats.Distance(p.got, p.exact, math.Inf(1)); !(d <= float64(p.n*p.n)*0x1p-50) {
		t.Errorf("off by %v", d)
	}
}

func TestBLASOnFailingDevices(t *testing.T) {
	for name, faults := range map[string][]sim.Fault{
		"lost":              {{Kind: sim.Lose, At: 40}},
		"lost at once":      {{Kind: sim.Lose, At: 1}},
		"hangs":             {{Kind: sim.Hang, At: 30}},
		"upload fails":      {{Kind: sim.FailUpload, At: 9}},
		"download fails":    {{Kind: sim.FailDownload, At: 3, Count: 2}},
		"launch fails":      {{Kind: sim.FailLaunch, At: 20}},
		"launch is refused": {{Kind: sim.FailLaunch, At: 20, Refuse: true}},
		"compiler fails":    {{Kind: sim.FailCompile, At: 1, Count: 9}},
		"memory runs out":   {{Kind: sim.FailAlloc, At: 4}},
		"no memory at all":  {{Kind: sim.FailAlloc, At: 1, Count: 1000}},
		"is late":           {{Kind: sim.Slow, At: 30, Factor: 1e6}},
	} {
		for _, others := range []string{"cpu", "another device"} {
			t.Run(name+"/with "+others, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					opts := []hybrid.Option{
						hybrid.WithDevices("cpu"), hybrid.WithChunkDeadline(time.Second),
						hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e7, Faults: faults, Patience: 5 * time.Second})),
					}
					if others != "cpu" {
						opts[0] = hybrid.WithDevices("none:*")
						opts = append(opts, hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:1", Rate: 1e7})))
					}
					s := open(t, opts...)
					b := s.BLAS(hybrid.AlwaysTiled(8))
					for range 2 { // the device may be in quarantine by then
						p := newProduct(50)
						p.run(b)
						p.check(t)
					}
					_ = s.Close() // a lost device may say so
				})
			})
		}
	}
}

// TestBLASOutOfCore multiplies matrices of which a device holds a few tiles. Every
// tile of A and B is uploaded as rarely as that allows, and C comes back once.
func TestBLASOutOfCore(t *testing.T) {
	const n, tile = 192, 32 // 8 KiB a tile, as much as the scheduler takes for it
	for _, tiles := range []int64{2 * (5 + 2), 60, 1000} {
		t.Run(fmt.Sprintf("tiles=%d", tiles), func(t *testing.T) {
			d := simulated(t, sim.Config{Memory: tiles * tile * tile * 8})
			s := open(t, hybrid.WithDevices("none:*"), hybrid.WithDevice(d))
			defer s.Close()
			p := newProduct(n)
			p.run(s.BLAS(hybrid.AlwaysTiled(tile)))
			p.check(t)
			stats := s.Stats().Devices[0]
			const whole = n * n * 8
			t.Logf("matrices of %d bytes: %d up, %d down, at most %d in use", whole, stats.Uploaded, stats.Downloaded, stats.Memory.Peak)
			if stats.Downloaded != whole {
				t.Errorf("%d bytes came back, want each element of C once: %d", stats.Downloaded, whole)
			}
			least, most := int64(2*whole), int64(2*whole*n/tile)
			if tiles == 1000 { // all fits
				most = least
			}
			if stats.Uploaded < least || stats.Uploaded > most {
				t.Errorf("%d bytes uploaded, want between %d and %d", stats.Uploaded, least, most)
			}
		})
	}
}

// TestBLASOutOfCoreRate compares, in virtual time, a product of matrices of twice
// a device's memory with one that it holds.
func TestBLASOutOfCoreRate(t *testing.T) {
	const n, tile = 512, 64
	seconds := func(memory int64) (took time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			// A step of tiles takes 64 µs to compute, and 25 µs to upload a tile.
			d := simulated(t, sim.Config{Memory: memory, Rate: 1e6, UploadBandwidth: 1.3e9, DownloadBandwidth: 1.3e9})
			s := open(t, hybrid.WithDevices("none:*"), hybrid.WithDevice(d))
			b := s.BLAS(hybrid.AlwaysTiled(tile))
			p := newProduct(n)
			p.run(b) // compiles and warms up
			p = newProduct(n)
			start := time.Now()
			p.run(b)
			took = time.Since(start)
			p.check(t)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return took
	}
	const matrices = 3 * n * n * 8
	inCore, outOfCore := seconds(8*matrices), seconds(matrices/2)
	t.Logf("in core %v, out of core %v: %.2f of the rate", inCore, outOfCore, inCore.Seconds()/outOfCore.Seconds())
	if inCore.Seconds() < 0.8*outOfCore.Seconds() {
		t.Error("want at least 0.8")
	}
}

// TestBLASBalance lets devices of different rates end together, in virtual time.
func TestBLASBalance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, hybrid.WithDevices("none:*"),
			hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e6})),
			hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:1", Rate: 3e6})))
		p := newProduct(256)
		start := time.Now()
		p.run(s.BLAS(hybrid.AlwaysTiled(16)))
		took := time.Since(start).Seconds()
		p.check(t)
		const rows = 16 * 16 * 16 * 16 // indices of all launches
		ideal := rows / 4e6
		t.Logf("%.1f ms, ideally %.1f", 1e3*took, 1e3*ideal)
		if took > 1.1*ideal {
			t.Error("want at most a tenth more")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestBLASFromManyGoroutines(t *testing.T) {
	s := open(t, hybrid.WithDevices("cpu"), hybrid.WithDevice(simulated(t, sim.Config{})))
	b := s.BLAS(hybrid.AlwaysTiled(16))
	var users sync.WaitGroup
	for n := range 8 {
		users.Go(func() {
			for range 3 {
				p := newProduct(40 + 10*n)
				p.run(b)
				p.check(t)
			}
		})
	}
	users.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	p := newProduct(64)
	p.run(b) // goes on without the scheduler
	p.check(t)
}

// TestBLASIsFair has calls share a device, in virtual time: of equal ones from
// several goroutines none waits for the others to end, and a small one doesn't wait
// for a large one.
func TestBLASIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, hybrid.WithDevices("none:*"), hybrid.WithDevice(simulated(t, sim.Config{Rate: 1e6})))
		b := s.BLAS(hybrid.AlwaysTiled(16))
		timed := func(p *product) time.Duration {
			start := time.Now()
			p.run(b)
			took := time.Since(start)
			p.check(t)
			return took
		}
		timed(newProduct(32)) // compiles
		alone := timed(newProduct(64))

		const callers = 4
		var equal [callers]time.Duration
		var group sync.WaitGroup
		for n := range callers {
			group.Go(func() { equal[n] = timed(newProduct(64)) })
		}
		group.Wait()
		t.Logf("one call %v, each of %d at once %v", alone, callers, equal)
		// Together they take as long as one after the other. If each had its turn
		// only when the one before had ended, the first would take a quarter.
		if first, last := slices.Min(equal[:]), slices.Max(equal[:]); first.Seconds() < 0.6*last.Seconds() {
			t.Errorf("of equal calls the first took %v and the last %v", first, last)
		}

		var large time.Duration
		group.Go(func() { large = timed(newProduct(256)) })
		time.Sleep(10 * alone) // it is well under way
		small := timed(newProduct(64))
		group.Wait()
		t.Logf("a small call %v beside a large one of %v", small, large)
		if small > 4*alone {
			t.Errorf("a small call took %v beside a large one, alone %v", small, alone)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestBLASLearns has a BLAS measure in the background what it doesn't know, keep
// that, and know it in the next process.
func TestBLASLearns(t *testing.T) {
	file := t.TempDir() + "/rates.json"
	for round := range 2 {
		s, err := hybrid.Open(hybrid.WithDevices("cpu"), hybrid.WithModelFile(file))
		if err != nil {
			t.Fatal(err)
		}
		b := s.BLAS(overGonum())
		p := newProduct(100)
		p.run(b)
		p.check(t)
		if round == 0 {
			for !b.Settled() {
				time.Sleep(time.Millisecond)
			}
		} else if !b.Settled() {
			t.Error("measures again what the file has")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Fatal(err)
		}
	}
}
