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

// kernel has each operation on each device, on data that lie there and on data
// that come from the host and go back, beside what limits it: a copy of as many
// bytes within the device's memory, multiply-adds that wait for nothing, or the
// same bytes on their way there and back alone. On an NVIDIA GPU there are cuBLAS
// called from C, CuPy and PyTorch beside it.
func (s *Suite) kernel(ctx context.Context) error {
	h, err := hybrid.Open(s.Devices...)
	if err != nil {
		return err
	}
	defer h.Close()
	var failed failures
	for _, info := range h.Devices() {
		for i := range operations {
			if err := failed.goOn(ctx, s.operate(ctx, h, info, &operations[i])); err != nil {
				return failed.all()
			}
		}
	}
	return failed.all()
}

func (s *Suite) operate(ctx context.Context, h *hybrid.Scheduler, info device.Info, op *operation) error {
	var failed failures
	if info.ID == "cpu" {
		for _, n := range op.modest {
			if err := failed.goOn(ctx, s.onCPU(ctx, h, op, n)); err != nil {
				break
			}
		}
		return failed.all()
	}
	onDevice, onHost := op.onDevice, op.onHost
	switch {
	case info.Caps.HostCores:
		onDevice, onHost = op.modest, op.modest[len(op.modest)-1:]
	case s.Quick: // what a GPU is held to is its rate at the largest sizes
		onDevice, onHost = onDevice[len(onDevice)-1:], onHost[len(onHost)-1:]
	}
	for i, n := range onDevice {
		if err := failed.goOn(ctx, s.onDevice(ctx, h, info, op, n, i == len(onDevice)-1)); err != nil {
			return failed.all()
		}
	}
	for _, n := range onHost {
		if err := failed.goOn(ctx, s.onHost(ctx, h, info, op, n)); err != nil {
			break
		}
	}
	return failed.all()
}

// onCPU is where the host's memory is the device's.
func (s *Suite) onCPU(ctx context.Context, h *hybrid.Scheduler, op *operation, n int) error {
	p := op.plan(n, "device", "cpu")
	if !s.Wanted(&p) {
		return nil
	}
	host := arrays[[]float32]{ramp: func(n int) ([]float32, error) { return ramp(n), nil }, matrix: kernels.Dense[float32]}
	l, _, err := launchOf(op.name, n, host)
	if err != nil {
		return err
	}
	limit, _, err := launchOf("copy", int(op.moved(float64(n))/2), host)
	if err != nil {
		return err
	}
	p.Subjects = []measure.Subject{
		settled(measure.Timed("tandem", 1, func(ctx context.Context) error { return h.Launch(ctx, l, hybrid.On("cpu")) })),
		measure.Timed("one core", 1, func(context.Context) error {
			l.Run(0, l.N())
			return nil
		}),
	}
	if !op.arithmetic {
		p.Subjects = append(p.Subjects, settled(measure.Timed("copy on the device", 1, func(ctx context.Context) error {
			return h.Launch(ctx, limit, hybrid.On("cpu"))
		})))
	}
	_, err = s.Measure(ctx, p)
	return err
}

func (op *operation) plan(n int, data, id string) measure.Plan {
	size := float64(n)
	bytes := 4 * op.moved(size)
	if data == "host" {
		bytes = 4 * (op.there(size) + op.back(size))
	}
	return measure.Plan{
		Category: "kernel", Workload: op.name, Case: fmt.Sprintf("n=%d/data=%s/device=%s", n, data, id),
		Unit: measure.Nanoseconds, Flops: op.flops(size), Bytes: bytes,
	}
}

// fits leaves a device half of its memory for what others have there: a GPU's is
// shared by Tandem and its peers, each with operands of its own.
func (op *operation) fits(info device.Info, n int) bool {
	const parties = 4 // Tandem, cuBLAS, CuPy and PyTorch
	return 4*parties*(op.there(float64(n))+op.back(float64(n))) <= float64(info.Memory)
}

func (s *Suite) onDevice(ctx context.Context, h *hybrid.Scheduler, info device.Info, op *operation, n int, last bool) error {
	p := op.plan(n, "device", info.ID)
	if !s.Wanted(&p) || !op.fits(info, n) {
		return nil
	}
	own, free, err := s.resident(h, info.ID, "tandem", op.name, n)
	defer free()
	if err != nil {
		return err
	}
	p.Subjects = []measure.Subject{own}
	if moved := int(op.moved(float64(n)) / 2); !op.arithmetic && !s.inC(ctx, info) {
		limit, free, err := s.resident(h, info.ID, "copy on the device", "copy", moved)
		defer free()
		if err != nil {
			return err
		}
		p.Subjects = append(p.Subjects, limit)
	}
	if gpu := info.Backend == "cuda"; gpu || last {
		job := fmt.Sprintf("%s %d device", op.name, n)
		limit, name := fmt.Sprintf("copy %d device", int(op.moved(float64(n))/2)), "copy in C"
		if op.arithmetic {
			limit, name = fmt.Sprintf("peak %.0f", p.Flops), "multiply-adds in C"
		}
		p.Subjects = concat(p.Subjects, s.libraries(op, info.ID, job), s.onGPU(name, "cublas", info.ID, limit))
	}
	_, err = s.Measure(ctx, p)
	return err
}

// resident is an operation on buffers that stay on the device after the first
// launch, and what frees them.
func (s *Suite) resident(h *hybrid.Scheduler, id, subject, op string, n int) (measure.Subject, func(), error) {
	l, buffers, err := launchOf(op, n, arrays[*hybrid.Buffer[float32]]{
		ramp: func(n int) (*hybrid.Buffer[float32], error) { return hybrid.BufferFrom(h, ramp(n)) }, matrix: kernels.Resident[float32],
	})
	free := func() {
		for _, b := range buffers {
			b.Free()
		}
	}
	result := measure.Timed(subject, 1, func(ctx context.Context) error { return h.Launch(ctx, l, hybrid.On(id)) })
	result.Device = id
	return settled(result), free, err
}

func (s *Suite) onHost(ctx context.Context, h *hybrid.Scheduler, info device.Info, op *operation, n int) error {
	p := op.plan(n, "host", info.ID)
	if !s.Wanted(&p) || !op.fits(info, n) {
		return nil
	}
	l, _, err := launchOf(op.name, n, arrays[[]float32]{
		ramp: func(n int) ([]float32, error) { return ramp(n), nil }, matrix: kernels.Dense[float32],
	})
	if err != nil {
		return err
	}
	own := measure.Timed("tandem", 1, func(ctx context.Context) error { return h.Launch(ctx, l, hybrid.On(info.ID)) })
	there, back := 4*int(op.there(float64(n))), 4*int(op.back(float64(n)))
	own.Device = info.ID
	p.Subjects = []measure.Subject{settled(own)}
	if !s.inC(ctx, info) {
		ways, err := newBothWays(info.ID, there, back)
		if err != nil {
			return err
		}
		defer ways.close()
		alone := measure.Timed("transfers alone", 1, ways.run)
		alone.Device = info.ID
		p.Subjects = append(p.Subjects, alone)
	}
	if info.Backend == "cuda" {
		job := fmt.Sprintf("%s %d host", op.name, n)
		p.Subjects = concat(p.Subjects, s.libraries(op, info.ID, job),
			s.onGPU("transfers in C", "cublas", info.ID, fmt.Sprintf("transfer %d %d", there, back)))
	}
	_, err = s.Measure(ctx, p)
	return err
}

// inC is whether the limits are those that C attains, which are the higher ones.
func (s *Suite) inC(ctx context.Context, info device.Info) bool {
	return s.Peers != nil && info.Backend == "cuda" && s.Peers.Get(ctx, "cublas", 1).Missing == ""
}

// libraries are the peers that have the operation.
func (s *Suite) libraries(op *operation, id, job string) []measure.Subject {
	if op.alone {
		return nil
	}
	blas := s.missing("cuBLAS in C", "it has no such routine", nil)
	if op.inBLAS {
		blas = s.onGPU("cuBLAS in C", "cublas", id, job)
	}
	if s.late(job) {
		const why = "half of the time was over before"
		return concat(blas, s.missing("CuPy", why, nil), s.missing("PyTorch", why, nil))
	}
	return concat(blas, s.onGPU("CuPy", "cupy", id, job), s.onGPU("PyTorch", "torch", id, job))
}

// late is whether Python's libraries are left out of a job. They compile and prepare
// each for seconds, and what they are compared with should be measured in any case. The
// first block decides, so that the others take what was planned for them.
func (s *Suite) late(job string) bool {
	if s.Block() == 1 {
		if s.lateJobs == nil {
			s.lateJobs = map[string]bool{}
		}
		s.lateJobs[job] = s.Late()
	}
	return s.lateJobs[job]
}

// onGPU is a peer's program on the first GPU.
func (s *Suite) onGPU(subject, program, id, job string) []measure.Subject {
	told := s.told(subject, program, 1, job, 1)
	for i := range told {
		told[i].Device = id
	}
	return told
}

// bothWays has bytes go to a device and others come back at once, on a stream
// each, from and to page-locked memory where the device has it.
type bothWays struct {
	dev         device.Device
	there, back device.Stream
	up, down    device.Buffer
	from, to    []byte
}

func newBothWays(id string, there, back int) (_ *bothWays, err error) {
	w := &bothWays{}
	if w.dev, err = device.Open(id); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.there, w.up, w.from, err = w.way(there); err != nil {
		return nil, err
	}
	if w.back, w.down, w.to, err = w.way(back); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *bothWays) way(nbytes int) (device.Stream, device.Buffer, []byte, error) {
	stream, err := w.dev.NewStream()
	if err != nil || nbytes == 0 {
		return stream, nil, nil, err
	}
	buffer, err := w.dev.Alloc(int64(nbytes))
	if err != nil {
		return nil, nil, nil, err
	}
	if a, ok := w.dev.(device.HostAllocator); ok {
		// Where no more may be page-locked, ordinary memory does.
		if locked, err := a.AllocHost(int64(nbytes)); err == nil {
			return stream, buffer, locked.Bytes(), nil
		}
	}
	return stream, buffer, make([]byte, nbytes), nil
}

func (w *bothWays) run(ctx context.Context) error {
	if len(w.from) > 0 {
		if err := w.there.Upload(w.up, 0, w.from); err != nil {
			return err
		}
	}
	if len(w.to) > 0 {
		if err := w.back.Download(w.to, w.down, 0); err != nil {
			return err
		}
	}
	return errors.Join(w.there.Synchronize(ctx), w.back.Synchronize(ctx))
}

// close frees streams, buffers and page-locked memory with the device.
func (w *bothWays) close() error { return w.dev.Close() }
