package host_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/host"
)

// rig is a device with a stream and a program that does nothing.
func rig(b *testing.B) (device.Device, device.Stream, device.Program) {
	d, err := host.Open(256 << 20)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	s, err := d.NewStream()
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.Compile(device.Source{Name: "nothing", Language: device.Go, Func: func(device.HostCall) {}, Scalars: 4})
	if err != nil {
		b.Fatal(err)
	}
	return d, s, p
}

// BenchmarkLaunch is the cost of a launch that does nothing: one that is waited
// for, and one of a batch of 64.
func BenchmarkLaunch(b *testing.B) {
	for _, batch := range []int{1, 64} {
		b.Run(fmt.Sprintf("op=launch/batch=%d", batch), func(b *testing.B) {
			_, s, p := rig(b)
			dispatch := device.Dispatch{Groups: [3]int{1, 1, 1}, Scalars: make([]uint32, 4)}
			b.ReportAllocs()
			for b.Loop() {
				for range batch {
					if err := s.Launch(p, dispatch); err != nil {
						b.Fatal(err)
					}
				}
				if err := s.Synchronize(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/launch")
		})
	}
}

// BenchmarkTransfer is the rate of transfers beside that of a plain copy.
func BenchmarkTransfer(b *testing.B) {
	for _, nbytes := range []int{4 << 10, 64 << 20} {
		// Memory that was never written is one page of zeros again and again.
		buf, dst := bytes.Repeat([]byte{1}, nbytes), bytes.Repeat([]byte{2}, nbytes)
		b.Run(fmt.Sprintf("op=copy/n=%d", nbytes), func(b *testing.B) {
			b.SetBytes(int64(nbytes))
			for b.Loop() {
				copy(dst, buf)
			}
		})
		b.Run(fmt.Sprintf("op=upload/n=%d", nbytes), func(b *testing.B) {
			d, s, _ := rig(b)
			dst, err := d.Alloc(int64(nbytes))
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Upload(dst, 0, buf); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(nbytes))
			for b.Loop() {
				if err := s.Upload(dst, 0, buf); err != nil {
					b.Fatal(err)
				}
				if err := s.Synchronize(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
