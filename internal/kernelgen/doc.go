// Package kernelgen is the compiler behind tandemgen: it turns Go functions that are
// marked //tandem:kernel into kernels for every device.
//
// load.go reads a package; lower.go and its neighbours turn functions into the
// language of ir.go and refuse what is no part of it; access.go and footprint.go
// find what an index touches; gorange.go, device.go and constructor.go print.
package kernelgen
