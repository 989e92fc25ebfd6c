//go:build opengl && linux && cgo

package opengl

import (
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// BenchmarkTransfer moves memory that is in use already: the first touch of
// fresh pages costs more than any copy.
func BenchmarkTransfer(b *testing.B) {
	for name, mode := range modes {
		for _, nbytes := range []int{4 << 10, 1 << 20, 64 << 20} {
			b.Run(fmt.Sprintf("op=upload/mode=%s/bytes=%d", name, nbytes), func(b *testing.B) {
				benchmarkTransfer(b, mode, nbytes, func(s device.Stream, buffer device.Buffer, host []byte) error {
					return s.Upload(buffer, 0, host)
				})
			})
			b.Run(fmt.Sprintf("op=download/mode=%s/bytes=%d", name, nbytes), func(b *testing.B) {
				benchmarkTransfer(b, mode, nbytes, func(s device.Stream, buffer device.Buffer, host []byte) error {
					return s.Download(host, buffer, 0)
				})
			})
		}
	}
}

// burst is how many transfers are queued before they are waited for, as a
// scheduler with several chunks in flight does.
const burst = 4

func benchmarkTransfer(b *testing.B, mode transferMode, nbytes int, transfer func(device.Stream, device.Buffer, []byte) error) {
	if a := found(b); mode != direct && !a.limits.storage {
		b.Skip("the driver has no GL_ARB_buffer_storage")
	}
	d := openMode(b, mode)
	buffer := must(d.Alloc(int64(nbytes)))(b)
	s := must(d.NewStream())(b)
	host := make([]byte, nbytes)
	round := func() {
		for range burst {
			if err := transfer(s, buffer, host); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Synchronize(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Upload(buffer, 0, host); err != nil {
		b.Fatal(err)
	}
	round()
	rounds := 0
	for b.Loop() {
		round()
		rounds++
	}
	b.ReportMetric(float64(rounds*burst*nbytes)/b.Elapsed().Seconds()/1e9, "GB/s")
}

// BenchmarkLaunch is the cost of a dispatch that does nothing: queued many at a
// time, and waited for one by one.
func BenchmarkLaunch(b *testing.B) {
	for _, depth := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("op=launch/depth=%d", depth), func(b *testing.B) {
			d := openFirst(b)
			p := must(d.Compile(addSource))(b)
			buffer := must(d.Alloc(256))(b)
			s := must(d.NewStream())(b)
			dispatch := device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{buffer}, Scalars: []uint32{0, 1}}
			launches := 0
			b.ReportAllocs()
			for b.Loop() {
				for range depth {
					if err := s.Launch(p, dispatch); err != nil {
						b.Fatal(err)
					}
				}
				if err := s.Synchronize(b.Context()); err != nil {
					b.Fatal(err)
				}
				launches += depth
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(launches), "ns/launch")
		})
	}
}

// BenchmarkHop is the way to the thread and back with nothing to do there.
func BenchmarkHop(b *testing.B) {
	d := openFirst(b)
	s := must(d.NewStream())(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Synchronize(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEnqueue is what queueing a command costs its caller.
func BenchmarkEnqueue(b *testing.B) {
	d := openFirst(b)
	s := must(d.NewStream())(b)
	buffer := must(d.Alloc(64))(b)
	host := make([]byte, 8)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if err := s.Upload(buffer, 0, host); err != nil {
			b.Fatal(err)
		}
		if n%1024 == 1023 { // keeps the queue short
			if err := s.Synchronize(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkAlloc makes and frees a buffer.
func BenchmarkAlloc(b *testing.B) {
	d := openFirst(b)
	for b.Loop() {
		buffer, err := d.Alloc(64 << 10)
		if err != nil {
			b.Fatal(err)
		}
		if err := buffer.Free(); err != nil {
			b.Fatal(err)
		}
	}
}
