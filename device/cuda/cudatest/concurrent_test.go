//go:build cuda && linux && cgo

package cudatest_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// What is given back while a command or a call uses it must not end the program,
// whatever else the calls answer.

// elsewhere runs f on a thread of its own in the test's context.
func (x *machine) elsewhere(all *sync.WaitGroup, f func()) {
	all.Go(func() {
		runtime.LockOSThread()
		drive.SetCurrent(x.ctx)
		f()
		drive.SetCurrent(nil)
		runtime.UnlockOSThread()
	})
}

func TestMemoryIsUnregisteredWhileItIsCopied(t *testing.T) {
	const nbytes = 8 << 20
	for i := range 40 {
		x := start(t, cudatest.Config{Late: true, Seed: uint64(i)})
		s, p := x.stream(), x.alloc(nbytes)
		host, err := syscall.Mmap(-1, 0, nbytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		if err != nil {
			t.Fatal(err)
		}
		x.ok(drive.Register(host))
		x.ok(drive.UploadAsync(p, host, s))
		var all sync.WaitGroup
		x.elsewhere(&all, func() { drive.StreamSynchronize(s) })
		time.Sleep(time.Duration(i) * 50 * time.Microsecond)
		drive.Unregister(host) // refused if the copy has found it gone already
		if err := syscall.Munmap(host); err != nil {
			t.Fatal(err)
		}
		all.Wait()
	}
}

// Memory may go with its context when a stream of another one is to free it.
func TestContextOfFreedMemoryEnds(t *testing.T) {
	x := start(t, cudatest.Config{Late: true, Devices: 2})
	s := x.stream()
	pool, r := drive.PoolCreate(1)
	x.ok(r)
	other, r := drive.Retain(1)
	x.ok(r)
	x.ok(drive.SetCurrent(other))
	p, r := drive.AllocFromPool(4096, pool, nil)
	x.ok(r)
	x.ok(drive.SetCurrent(x.ctx))
	x.ok(drive.FreeAsync(p, s))
	x.ok(drive.ResetPrimary(1))
	x.ok(drive.StreamSynchronize(s))
}

// The call must not look at its fault any more, which Reset frees. Only a sanitizer, or
// luck, tells that it does.
func TestResetWhileACallHangs(t *testing.T) {
	for range 20 {
		x := start(t, cudatest.Config{})
		cudatest.Hang("cuMemHostAlloc", 1)
		var all sync.WaitGroup
		x.elsewhere(&all, func() { drive.HostAlloc(4096) })
		for cudatest.Calls("cuMemHostAlloc") == 0 {
			runtime.Gosched()
		}
		if err := cudatest.Reset(cudatest.Config{}); err != nil {
			t.Fatal(err)
		}
		all.Wait()
	}
}

func TestAddressesThatWereGivenBack(t *testing.T) {
	x := start(t, cudatest.Config{})
	p := x.alloc(4096)
	host, r := drive.HostAlloc(4096)
	x.ok(r)
	x.ok(drive.FreeHost(host))
	x.want(drive.Upload(p, host), drive.InvalidValue)
	x.want(drive.Download(host, p), drive.InvalidValue)
}

// churn is what the threads of TestEverythingAtOnce share. Handles stay in it when
// they were given back.
type churn struct {
	*machine
	mu      sync.Mutex // guards the rest
	rng     *rand.Rand
	ctx     drive.Ctx
	streams []drive.Stream
	events  []drive.Event
	modules []drive.Module
	funcs   []drive.Func
	graphs  []drive.Graph
	execs   []drive.Exec
	memory  []drive.Ptr
	host    [][]byte
}

const churnBytes = 1 << 16

func pick[T any](c *churn, from *[]T) (v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(*from); n > 0 {
		v = (*from)[c.rng.IntN(n)]
	}
	return v
}

// keep adds what a call has made, in the place of an older one when there are some.
func keep[T any](c *churn, to *[]T, v T, r int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r != drive.Success:
	case len(*to) < 8:
		*to = append(*to, v)
	default:
		(*to)[c.rng.IntN(len(*to))] = v
	}
}

func (c *churn) dice(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rng.IntN(n)
}

// step makes a call of any kind with handles of any age.
func (c *churn) step() {
	s, p := pick(c, &c.streams), pick(c, &c.memory)
	host := pick(c, &c.host)
	if host == nil {
		host = make([]byte, churnBytes)
	}
	switch c.dice(26) {
	case 0:
		v, r := drive.NewStream(c.dice(2) == 0)
		keep(c, &c.streams, v, r)
	case 1:
		drive.StreamDestroy(s)
	case 2:
		v, r := drive.NewEvent(false)
		keep(c, &c.events, v, r)
	case 3:
		drive.EventDestroy(pick(c, &c.events))
	case 4, 5:
		drive.EventRecord(pick(c, &c.events), s)
	case 6, 7:
		drive.StreamWaitEvent(s, pick(c, &c.events))
	case 8:
		drive.EventSynchronize(pick(c, &c.events))
	case 9:
		v, r := drive.Alloc(churnBytes)
		keep(c, &c.memory, v, r)
	case 10:
		drive.Free(p)
	case 11:
		drive.FreeAsync(p, s)
	case 12:
		v, r := drive.HostAlloc(churnBytes)
		keep(c, &c.host, v, r)
	case 13:
		if host := pick(c, &c.host); host != nil {
			drive.FreeHost(host)
		}
	case 14, 15:
		drive.UploadAsync(p, host, s)
	case 16:
		drive.DownloadAsync(host, p, s)
	case 17:
		drive.SetD32Async(p, 1, churnBytes/4, s)
	case 18:
		m, _, r := drive.Load(drive.PTX)
		keep(c, &c.modules, m, r)
		f, r := drive.GetFunction(m, "store")
		keep(c, &c.funcs, f, r)
	case 19:
		drive.Unload(pick(c, &c.modules))
	case 20, 21:
		drive.Launch(pick(c, &c.funcs), [3]int{64, 1, 1}, [3]int{512, 1, 1}, 0, s, p, int64(c.dice(100)))
	case 22:
		if drive.BeginCapture(s) == drive.Success {
			drive.SetD32Async(p, 2, churnBytes/4, s)
			g, r := drive.EndCapture(s)
			keep(c, &c.graphs, g, r)
			e, r := drive.Instantiate(g)
			keep(c, &c.execs, e, r)
		}
	case 23:
		drive.GraphLaunch(pick(c, &c.execs), s)
	case 24:
		drive.GraphDestroy(pick(c, &c.graphs))
		drive.ExecDestroy(pick(c, &c.execs))
	case 25:
		if c.dice(4) == 0 {
			c.renew()
		}
	}
}

// renew ends the context, which a fault may have broken, under the calls of others.
func (c *churn) renew() {
	drive.ResetPrimary(0)
	ctx, r := drive.Retain(0)
	if r == drive.Success {
		c.mu.Lock()
		c.ctx = ctx
		c.mu.Unlock()
	}
}

func (c *churn) context() drive.Ctx {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ctx
}

// TestEverythingAtOnce has threads make calls that have nothing to do with each
// other on the same handles: streams, events, modules, graphs, memory and contexts
// go while commands use them.
func TestEverythingAtOnce(t *testing.T) {
	if sanitized {
		t.Skip("kernels whose memory is gone are the sanitizer's to report")
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("TANDEM_SEED: %v", err)
		}
	}
	t.Logf("TANDEM_SEED=%d", seed)
	for _, late := range []bool{false, true} {
		x := start(t, cudatest.Config{Late: late, Seed: seed, Memory: 8 << 20})
		c := &churn{machine: x, rng: rand.New(rand.NewPCG(seed, 0)), ctx: x.ctx}
		var all sync.WaitGroup
		for range 4 {
			x.elsewhere(&all, func() {
				for range 5000 {
					drive.SetCurrent(c.context())
					c.step()
				}
			})
		}
		all.Wait()
	}
}
