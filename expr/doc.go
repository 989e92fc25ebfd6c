// Package expr has element-wise expressions and reductions that become one kernel
// when they are used.
//
//	x, y, w := expr.Of[float32](xs), expr.Of[float32](ys), expr.Of[float32](ws)
//	d := x.Sub(y)
//	launch := expr.Sum(&sum, d.Square().Mul(w)) // reads xs, ys and ws once
//
// An [Expr] is built of arrays ([Of]), numbers ([Scalar]) and operations, and
// computes nothing. [Store], [Sum], [Mean], [Nrm2], [Minimum], [Maximum] and
// [Count] make a [kernels.Launch] of it, which a scheduler runs on all devices as
// any other; hybrid.Store, hybrid.SumOf and their kin do both. Where operations are
// defined for all types they are methods; where they are for some, or change the
// type, functions, such as [Sqrt], [Shl], [Convert] and [Where].
//
// # Fusion
//
// The whole expression is one kernel: each array is read once, whatever is used
// twice is computed once, and nothing in between is stored in memory. The kernel
// depends on the structure alone, that is the operations, their types, and which
// operands are the same array: other arrays and other numbers find it in a cache of
// a bounded size; see [Stats]. On the CPU it is a list of loops over blocks that
// stay in the first-level cache, one loop for each operation, or, where the processor
// has AVX2, a walk from tile to tile whose values stay in vector registers: all
// operations can be part of that but [Exp], [Log], [Tanh], [Rem], [Expr.Div] of integers,
// and [Convert] from integers of 64 bits to float32. For OpenGL it is GLSL, for CUDA it is
// CUDA C, which NVRTC compiles where it can be loaded; other devices do the work
// where it can't.
//
// # Limits
//
// One kernel has at most [MaxArrays] arrays, the output among them, [MaxScalars]
// scalars, and [MaxOperations] operations. Beyond is a [*LimitError].
//
// # Semantics
//
// Arithmetic is Go's. Integers wrap. Each operation is rounded by itself, so that
// results are the same bit by bit on the CPU, on CUDA, and on OpenGL devices whose
// division and square root are correctly rounded, as llvmpipe's are: all but [Exp],
// [Log] and [Tanh], which have the bounds of package kernels, and sums, which have
// those of [kernels.Sum] and [kernels.Nrm2]. A NaN stays one; its bits may differ. A
// device that takes denormal numbers for 0 does so here. Integer division by 0 is 0
// and its remainder the dividend; nothing panics.
//
// Reductions combine the values of parts in the order of their indices. Which parts
// there are is the scheduler's choice, unless a launch is hybrid.Deterministic.
//
// # Memory
//
// The output may be one of the arrays that are read: an index is read before it is
// written. Any other overlap is an error, as is an array of another length, a
// [*ShapeError] that names it. Building an expression allocates a node for each
// array, scalar and operation; making a launch of it, whose structure is known, and
// running it inline allocates nothing, but for
// [Mean], which allocates where its result goes. Everything may be
// used by any number of goroutines at once, except that arrays are the caller's,
// who must not write them while a launch reads them.
package expr
