// Package hybridblas is a BLAS that wraps another one and takes over from it
// where it has been measured to be faster.
//
// A [BLAS] implements gonum's interfaces for all four types. A call that is
// small, invalid, or of a kind that was never measured goes to the wrapped
// routine as it is, so that its panics and its results are the wrapped one's
// own. The others are cut into tiles, which run on the CPU workers or on
// devices. Each algorithm is written once, for all types; only the methods that
// give it gonum's names exist four times.
//
// # Tiles
//
// Everything of level 3 is products of tiles, and routines of the wrapped BLAS
// on small tiles of a diagonal. A worker computes its tiles on its own goroutine,
// one thread for each worker: over gonum's BLAS as packed products by a
// microkernel, where the processor has the vector units for it, or by gonum's
// routines of level 1; over another by its product, on one thread where it has
// several. A wrapped BLAS with threads of its own is not competed with on the CPU:
// it does a call alone, or devices do and the workers help them.
//
// # Results
//
// Sums are added in another order than the wrapped routine's, so results differ
// by rounding. With beta 0 nothing is read of C. Operands that overlap what is
// written are left to the wrapped routine. Where a factor is 0, a NaN or an
// infinity of the other one may or may not show in the result, as in gonum's own
// routines, some of which pass over zeros.
//
// # Files
//
// gonum's names are in a file for each type; the algorithm of a routine, once for all
// types, in one of its own, symmetric and Hermitian together. A product is the wrapped
// BLAS's (serialproduct), by rows (rowproduct), packed (packedproduct, of panels), or on
// a device (deviceproduct). What workers take at once is in cuts, and how they take it
// in loop. Devices take the tiles of a devicegrid from the board; a feeder drives each,
// and its tilecache has what it holds. choice says which way a call goes, calibrate and
// probe measure the ways, and verdict judges them.
package hybridblas

//go:generate go run generate.go
