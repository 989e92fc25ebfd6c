package suite

import (
	"context"
	"errors"
	"fmt"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// device has what a launch costs on each device that is here, how fast bytes
// get there and back, and how far transfers hide behind each other and behind
// computing.
func (s *Suite) device(ctx context.Context) error {
	h, err := hybrid.Open(s.Devices...)
	if err != nil {
		return err
	}
	defer h.Close()
	var failed failures
	for _, info := range h.Devices() {
		measures := []func() error{
			func() error { return s.launches(ctx, h, info.ID) },
			func() error { return s.transfers(ctx, info.ID) },
			func() error { return s.overlap(ctx, h, info.ID) },
		}
		if info.ID == "cpu" {
			measures = measures[:1] // it has no memory of its own
		}
		for _, do := range measures {
			if err := failed.goOn(ctx, do()); err != nil {
				return failed.all()
			}
		}
	}
	return failed.all()
}

// launches has the smallest launch there is, forced on the device, beside the
// same where Tandem may choose: on the calling goroutine.
func (s *Suite) launches(ctx context.Context, h *hybrid.Scheduler, id string) error {
	const n = 256
	x, err := hybrid.NewBuffer[float32](h, n)
	if err != nil {
		return err
	}
	defer x.Free()
	resident := kernels.Scal(float32(1), x)
	local := kernels.Scal(float32(1), make([]float32, n))
	times := s.fewer(200, 20)
	repeat := func(l kernels.Launch, opts ...hybrid.LaunchOption) func(context.Context) error {
		return func(ctx context.Context) error {
			for range times {
				if err := h.Launch(ctx, l, opts...); err != nil {
					return err
				}
			}
			return nil
		}
	}
	forced := measure.Timed("tandem", times, repeat(resident, hybrid.On(id)))
	forced.Device = id
	_, err = s.Measure(ctx, measure.Plan{
		Category: "device", Workload: "launch", Case: fmt.Sprintf("n=%d/device=%s", n, id), Unit: measure.Nanoseconds,
		Subjects: []measure.Subject{settled(forced), measure.Timed("tandem inline", times, repeat(local))},
	})
	return err
}

// transfers has one stream of the device's own interface, beside a copy in the
// host's memory. A sample is the time for all bytes, from the call to the event.
func (s *Suite) transfers(ctx context.Context, id string) error {
	if !s.Wanted(&measure.Plan{Category: "device", Workload: "upload"}) &&
		!s.Wanted(&measure.Plan{Category: "device", Workload: "download"}) {
		return nil
	}
	dev, err := device.Open(id)
	if err != nil {
		return err
	}
	defer dev.Close()
	for _, nbytes := range []int{4 << 10, 1 << 20, s.fewer(64<<20, 8<<20)} {
		if err := s.transfer(ctx, dev, nbytes); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) transfer(ctx context.Context, dev device.Device, nbytes int) error {
	stream, err := dev.NewStream()
	if err != nil {
		return err
	}
	defer stream.Close()
	buf, err := dev.Alloc(int64(nbytes)) // freed with the device
	if err != nil {
		return err
	}
	id := dev.Info().ID
	host, other := make([]byte, nbytes), make([]byte, nbytes)
	for i := range host {
		host[i] = byte(i) // its pages are there before the clock starts
	}
	for _, way := range []struct {
		name string
		move func() error
	}{
		{"upload", func() error { return stream.Upload(buf, 0, host) }},
		{"download", func() error { return stream.Download(other, buf, 0) }},
	} {
		subject := measure.Timed(id, 1, func(ctx context.Context) error {
			if err := way.move(); err != nil {
				return err
			}
			event, err := stream.Record()
			if err != nil {
				return err
			}
			return device.Wait(ctx, event)
		})
		subject.Device = id
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "device", Workload: way.name, Case: fmt.Sprintf("bytes=%d/device=%s", nbytes, id),
			Unit: measure.Nanoseconds, Bytes: float64(nbytes),
			Subjects: []measure.Subject{settled(subject), measure.Timed("copy in host memory", 1, func(context.Context) error {
				copy(other, host)
				return nil
			})},
		}); err != nil {
			return err
		}
	}
	return nil
}

// overlap has a launch whose data comes from the host and goes back, beside its
// parts: the same on resident data, and the data's way there and back alone.
// Without overlap the whole is the sum of the parts, with all of it the longest.
func (s *Suite) overlap(ctx context.Context, h *hybrid.Scheduler, id string) error {
	n := s.fewer(1<<22, 1<<18)
	p := measure.Plan{
		Category: "device", Workload: "overlap", Case: fmt.Sprintf("n=%d/device=%s", n, id),
		Unit: measure.Nanoseconds, Bytes: 8 * float64(n),
	}
	if !s.Wanted(&p) {
		return nil
	}
	host := ramp(n)
	streamed := kernels.Sqrt(host, host)
	x, err := hybrid.BufferFrom(h, host)
	if err != nil {
		return err
	}
	defer x.Free()
	resident := kernels.Sqrt(x, x)
	whole := measure.Timed("whole", 1, func(ctx context.Context) error { return h.Launch(ctx, streamed, hybrid.On(id)) })
	compute := measure.Timed("compute alone", 1, func(ctx context.Context) error { return h.Launch(ctx, resident, hybrid.On(id)) })
	trip, err := newRoundTrip(id, 4*n)
	if err != nil {
		return err
	}
	defer trip.close()
	there := measure.Timed("there and back alone", 1, trip.run)
	p.Subjects = []measure.Subject{settled(whole), settled(compute), there}
	for i := range p.Subjects {
		p.Subjects[i].Device = id
	}
	_, err = s.Measure(ctx, p)
	return err
}

// roundTrip has bytes go to a device and back, piece by piece, on a stream each
// way.
type roundTrip struct {
	dev       device.Device
	there     device.Stream
	back      device.Stream
	pieces    []device.Buffer
	from, to  []byte
	pieceSize int
}

func newRoundTrip(id string, nbytes int) (_ *roundTrip, err error) {
	const pieces = 8
	t := &roundTrip{pieceSize: (nbytes + pieces - 1) / pieces}
	if t.dev, err = device.Open(id); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if t.there, err = t.dev.NewStream(); err != nil {
		return nil, err
	}
	if t.back, err = t.dev.NewStream(); err != nil {
		return nil, err
	}
	for range pieces {
		piece, err := t.dev.Alloc(int64(t.pieceSize))
		if err != nil {
			return nil, err
		}
		t.pieces = append(t.pieces, piece)
	}
	t.from, t.to = make([]byte, nbytes), make([]byte, nbytes)
	return t, nil
}

func (t *roundTrip) run(ctx context.Context) error {
	for i, piece := range t.pieces {
		lo, hi := i*t.pieceSize, min((i+1)*t.pieceSize, len(t.from))
		if err := t.there.Upload(piece, 0, t.from[lo:hi]); err != nil {
			return err
		}
		arrived, err := t.there.Record()
		if err != nil {
			return err
		}
		if err := t.back.WaitEvent(arrived); err != nil {
			return err
		}
		if err := t.back.Download(t.to[lo:hi], piece, 0); err != nil {
			return err
		}
	}
	return t.back.Synchronize(ctx)
}

// close frees streams and buffers with the device.
func (t *roundTrip) close() error { return t.dev.Close() }
