//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// BenchmarkLaunch is what a launch of a kernel that does nothing costs, alone and
// in batches, beside a loop in C that calls the driver and nothing else. The two
// take turns, so that their difference ("over-bare") is of one run.
func BenchmarkLaunch(b *testing.B) {
	for _, batch := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			machine(b, cudatest.Config{})
			d := openFirst(b)
			src := testkernels.Source("nothing", 1, 2)
			src.Block.Size = [3]int{1, 1, 1}
			p := must(d.Compile(src))(b)
			buf := must(d.Alloc(4))(b)
			s := must(d.NewStream())(b).(*stream)
			execution := device.Execution{Program: p, Dispatch: device.Dispatch{
				Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{buf}, Scalars: []uint32{1, 1},
			}}
			all := make([]device.Execution, batch)
			for i := range all {
				all[i] = execution
			}
			const turn = 64
			var ours, bare time.Duration
			launches := 0
			for b.Loop() {
				begin := time.Now()
				for range turn / batch {
					if batch == 1 {
						err := s.Launch(execution.Program, execution.Dispatch)
						if err != nil {
							b.Fatal(err)
						}
					} else if err := s.LaunchBatch(all); err != nil {
						b.Fatal(err)
					}
				}
				middle := time.Now()
				err := testkernels.LaunchBare(uintptr(d.ctx.h), uintptr(s.h), uintptr(p.(*program).function), uint64(buf.(*buffer).address), turn)
				if err != nil {
					b.Fatal(err)
				}
				ours += middle.Sub(begin)
				bare += time.Since(middle)
				launches += turn
			}
			if err := s.Synchronize(waiting(b)); err != nil {
				b.Fatal(err)
			}
			perLaunch := func(t time.Duration) float64 { return float64(t.Nanoseconds()) / float64(launches) }
			b.ReportMetric(perLaunch(ours), "ns/launch")
			b.ReportMetric(perLaunch(bare), "ns/bare")
			b.ReportMetric(perLaunch(ours)-perLaunch(bare), "ns/over-bare")
		})
	}
}

// BenchmarkRecord is what events cost: those that nobody waits for, and those
// whose channel somebody does.
func BenchmarkRecord(b *testing.B) {
	for _, awaited := range []bool{false, true} {
		b.Run(fmt.Sprintf("awaited=%v", awaited), func(b *testing.B) {
			machine(b, cudatest.Config{})
			d := openFirst(b)
			p := must(d.Compile(testkernels.Source("nothing", 1, 2)))(b)
			buf := must(d.Alloc(4))(b)
			s := must(d.NewStream())(b)
			one := device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{buf}, Scalars: []uint32{1, 1}}
			for b.Loop() {
				if err := s.Launch(p, one); err != nil {
					b.Fatal(err)
				}
				e, err := s.Record()
				if err != nil {
					b.Fatal(err)
				}
				if awaited {
					<-e.Done()
				}
			}
		})
	}
}

func TestLaunchAllocatesNothing(t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	p := must(d.Compile(testkernels.Source("nothing", 1, 2)))(t)
	b := must(d.Alloc(4))(t)
	s := must(d.NewStream())(t)
	one := device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1, 1}}
	if n := testing.AllocsPerRun(100, func() {
		if err := s.Launch(p, one); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a launch allocates %v times", n)
	}
}
