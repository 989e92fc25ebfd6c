// Package fft computes discrete Fourier transforms of any length.
//
//	plan, err := fft.NewPlan[complex128](n)
//	err = fft.Forward(ctx, s, plan, dst, src)
//	err = fft.Inverse(ctx, s, plan, dst, dst)
//
// A transform of n numbers is
//
//	dst[k] = Σ src[j] exp(-2πi jk/n), and back src[j] = 1/n Σ dst[k] exp(2πi jk/n)
//
// On the CPU it is gonum's FFT (package dsp/fourier, after Swarztrauber's FFTPACK).
// Long transforms are divided over the workers into short ones along the columns and
// the rows of a matrix (Bailey, FFTs in external or hierarchical memory, 1990), and
// lengths with large prime factors become convolutions whose length is a power of two
// (Bluestein, A linear filtering approach to the computation of discrete Fourier
// transform, 1970).
//
// On other devices it is passes of radix 4 over memory that stays there, in the
// constant geometry of Pease (An adaptation of the fast Fourier transform for parallel
// processing, 1968); what is no power of two goes by Bluestein. Which way is faster
// a plan finds out in its first calls, where there is a device that does not compute on
// the host's own cores; an option of a launch has all passes go where it says.
//
// The error of a result, as the root of the sum of squares, is at most
// 4 log2(m) e times that of the exact result, with e = 2^-53, or 2^-24 on devices
// and 2^-23 on the CPU for complex64, and m = n where n is a power of two. For other
// lengths m is the power of two above 2n, and the error twice as large.
package fft
