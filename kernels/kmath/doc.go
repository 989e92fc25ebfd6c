// Package kmath has the mathematical functions of kernels.
//
// A function without a number in its name is for float32, one with 64 for float64.
// What is correctly rounded or exact, as [Sqrt] and [Floor], every device has. The
// others are written in the language of kernels itself, out of operations that
// are the same everywhere: their results are the same on the CPU and on every
// device with IEEE arithmetic, bit by bit, and so are their errors, which each
// function states in units in the last place of its result.
//
// For float64 kernels call [math.Sqrt], [math.Abs], [math.Floor], [math.Ceil],
// [math.Trunc], [math.RoundToEven], [math.Copysign] and [math.IsNaN] themselves.
package kmath
