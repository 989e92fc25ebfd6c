package fft

import (
	"context"
	"math/bits"
)

// bluestein makes a transform of n numbers a convolution with the chirp
// exp(πi j²/n), by transforms of m numbers, the power of two from 2n-1 on:
//
//	X[k] = c[k] Σ (x[j] c[j]) / c[k-j], c[j] = exp(-πi j²/n)
type bluestein struct {
	n, m    int
	power   *host        // of length m
	chirp   []complex128 // c, n numbers
	spectre []complex128 // of 1/c, wrapped around m, divided by m
}

// chirps reports whether a transform of n numbers is faster by Bluestein. gonum's
// takes about n steps for each 2 of n's factors, and f n for a prime factor f
// from 7 on. BenchmarkPrimes has both cross where the sum of these is 100 to 130, by
// how far the power of two is away: 16.8 to 18.9 µs at 97, 20.1 to 19.1 at 127, 44 to 53
// at 211 (2-core EPYC, November 2026).
func chirps(n int) bool {
	steps := 0
	for f := 2; n > 1; f++ {
		if f*f > n {
			f = n
		}
		for n%f == 0 {
			if n /= f; f > 5 {
				steps += f
			}
		}
	}
	return steps > 130
}

func newBluestein(n int) *bluestein {
	m := 1 << bits.Len(uint(2*n-2))
	b := &bluestein{n: n, m: m, power: newHost(m), chirp: make([]complex128, n), spectre: make([]complex128, m)}
	for j := range b.chirp {
		square := uint64(j) * uint64(j) % uint64(2*n)
		c := root(int(square), 2*n)
		b.chirp[j] = c
		inverse := complex(real(c)/float64(m), -imag(c)/float64(m))
		b.spectre[j] = inverse
		if j > 0 {
			b.spectre[m-j] = inverse
		}
	}
	// A loop of its own goroutine has no error.
	_ = b.power.forward(context.Background(), alone, b.spectre)
	return b
}

func (b *bluestein) forward(ctx context.Context, each loop, x []complex128) error {
	space := b.power.space.Get().(*[]complex128)
	defer b.power.space.Put(space)
	a := *space
	for _, pass := range []func() error{
		func() error {
			return each(ctx, b.n, func(lo, hi int) {
				for j := lo; j < hi; j++ {
					a[j] = x[j] * b.chirp[j]
				}
			})
		},
		func() error {
			clear(a[b.n:])
			return b.power.forward(ctx, each, a)
		},
		func() error {
			return each(ctx, b.m, func(lo, hi int) {
				for j := lo; j < hi; j++ {
					v := a[j] * b.spectre[j]
					a[j] = complex(real(v), -imag(v)) // the inverse is a transform of it
				}
			})
		},
		func() error { return b.power.forward(ctx, each, a) },
		func() error {
			return each(ctx, b.n, func(lo, hi int) {
				for j := lo; j < hi; j++ {
					x[j] = complex(real(a[j]), -imag(a[j])) * b.chirp[j]
				}
			})
		},
	} {
		if err := pass(); err != nil {
			return err
		}
	}
	return nil
}
