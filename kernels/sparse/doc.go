// Package sparse multiplies sparse matrices with vectors, on every device.
//
//	a, err := sparse.NewCSR(rows, cols, starts, columns, values)
//	err = sparse.Mul(ctx, s, y, a, x)           // y = a*x, of slices
//	err = s.Launch(ctx, sparse.MulVec(a, x, y)) // also of resident buffers
//
// A matrix is checked once, when it is made, and cannot change afterwards: no kernel
// reads outside of it. [CSR.Resident] keeps it in the memory of the devices, so that
// an iterative solver moves vectors only.
package sparse
