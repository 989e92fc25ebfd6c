package main

import (
	"context"
	"fmt"
	"math"

	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// filter is what is done to a picture.
type filter struct {
	op     string
	sigma  float64
	amount float32
}

// maxSigma keeps the weights within reason: they reach over three sigma.
const maxSigma = 300

func newFilter(op string, sigma, amount float64) (filter, error) {
	switch {
	case op != "blur" && op != "sharpen" && op != "edges":
		return filter{}, fmt.Errorf("-op: %q is not blur, sharpen or edges", op)
	case !(sigma > 0 && sigma <= maxSigma):
		return filter{}, fmt.Errorf("-sigma: %v is not above 0 and at most %d", sigma, maxSigma)
	case math.IsNaN(amount) || math.IsInf(amount, 0):
		return filter{}, fmt.Errorf("-amount: %v is no amount", amount)
	}
	return filter{op, sigma, float32(amount)}, nil
}

// bench is where a filter works: buffers of one size, and the launches on them.
type bench struct {
	s     *hybrid.Scheduler
	like  *picture
	tally *report.Tally
}

// apply filters p and counts who did what.
func (f filter) apply(ctx context.Context, s *hybrid.Scheduler, p *picture, tally *report.Tally) (*picture, error) {
	if f.op == "edges" {
		p = p.gray()
	}
	b := &bench{s: s, like: p, tally: tally}
	src, err := hybrid.BufferFrom(s, p.values)
	if err != nil {
		return nil, err
	}
	defer src.Free()
	result := *p
	result.values = make([]float32, len(p.values))
	var dst *hybrid.Buffer[float32]
	switch f.op {
	case "blur":
		dst, err = b.convolve(ctx, src, gaussian(f.sigma), gaussian(f.sigma))
	case "sharpen":
		dst, err = b.sharpen(ctx, src, f)
	case "edges":
		dst, err = b.edges(ctx, src)
	}
	if err != nil {
		return nil, err
	}
	defer dst.Free()
	return &result, dst.CopyTo(ctx, result.values)
}

// gaussian is the weights of a blur, which add up to 1.
func gaussian(sigma float64) []float32 {
	radius := max(1, int(math.Ceil(3*sigma)))
	weights := make([]float32, 2*radius+1)
	var sum float64
	for i := range weights {
		d := float64(i-radius) / sigma
		weights[i] = float32(math.Exp(-d * d / 2))
		sum += float64(weights[i])
	}
	for i := range weights {
		weights[i] = float32(float64(weights[i]) / sum)
	}
	return weights
}

func (b *bench) launch(ctx context.Context, l kernels.Launch) error {
	var r hybrid.Report
	if err := b.s.Launch(ctx, l, hybrid.ReportTo(&r)); err != nil {
		return err
	}
	b.tally.Add(&r)
	return nil
}

func (b *bench) buffer() (*hybrid.Buffer[float32], error) {
	return hybrid.NewBuffer[float32](b.s, len(b.like.values))
}

func (b *bench) matrix(x *hybrid.Buffer[float32]) kernels.Matrix[float32] {
	n := b.like.width * b.like.channels
	return kernels.Resident(b.like.height, n, n, x)
}

// convolve applies one filter along rows and one along columns, in a new buffer.
func (b *bench) convolve(ctx context.Context, src *hybrid.Buffer[float32], rows, cols []float32) (*hybrid.Buffer[float32], error) {
	between, err := b.buffer()
	if err != nil {
		return nil, err
	}
	defer between.Free()
	dst, err := b.buffer()
	if err != nil {
		return nil, err
	}
	if err := b.launch(ctx, kernels.ConvolveRows(rows, b.like.channels, b.matrix(src), b.matrix(between))); err != nil {
		return nil, err
	}
	return dst, b.launch(ctx, kernels.ConvolveCols(cols, b.like.channels, b.matrix(between), b.matrix(dst)))
}

// sharpen adds what a blur takes away: x + amount (x - blurred x).
func (b *bench) sharpen(ctx context.Context, src *hybrid.Buffer[float32], f filter) (*hybrid.Buffer[float32], error) {
	dst, err := b.convolve(ctx, src, gaussian(f.sigma), gaussian(f.sigma))
	if err != nil {
		return nil, err
	}
	if err := b.launch(ctx, kernels.Scal(-f.amount, dst)); err != nil {
		return nil, err
	}
	return dst, b.launch(ctx, kernels.Axpy(1+f.amount, src, dst))
}

// edges is the magnitude of the gradient, by Sobel's operators.
func (b *bench) edges(ctx context.Context, src *hybrid.Buffer[float32]) (*hybrid.Buffer[float32], error) {
	difference, smooth := []float32{-1, 0, 1}, []float32{0.25, 0.5, 0.25}
	across, err := b.convolve(ctx, src, difference, smooth)
	if err != nil {
		return nil, err
	}
	defer across.Free()
	down, err := b.convolve(ctx, src, smooth, difference)
	if err != nil {
		return nil, err
	}
	for _, l := range []kernels.Launch{
		kernels.Mul(across, across, across),
		kernels.Mul(down, down, down),
		kernels.Add(down, down, across),
		kernels.Sqrt(down, down),
	} {
		if err := b.launch(ctx, l); err != nil {
			return nil, err
		}
	}
	return down, nil
}
