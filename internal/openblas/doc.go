// Package openblas is OpenBLAS behind gonum's interfaces, loaded while the program
// runs: a build with the tag openblas needs a C compiler, but neither OpenBLAS nor
// its headers, and starts where there is none.
//
// A [BLAS] has all methods of gonum's four interfaces. Those of OpenBLAS that are
// faster, which is level 3, level 2 and half of level 1, go to it when a call is
// large enough to be worth a call into C. Whatever gonum would refuse, and what has
// nothing to do, goes to gonum: the panics are gonum's own. Norms, indices of the
// greatest element and rotations' parameters stay gonum's, whose treatment of
// overflow and NaN differs. With beta 0 nothing is read of what is written, and with
// alpha 0 nothing of the operands.
//
// # Threads
//
// OpenBLAS has one number of threads for the whole process. Each call sets its own
// before it begins, so that a BLAS that uses all cores and one for parts of a call,
// which runs on many goroutines at once, can both be in use. Where calls of both
// kinds meet, one may run with the other's number: that costs time, and changes
// nothing else. An application that links OpenBLAS for itself shares the number.
//
// Any number of goroutines may call any BLAS.
package openblas

//go:generate go run generate.go
