// Package kernelgen is the compiler behind tandemgen: it turns Go functions that are
// marked //tandem:kernel into kernels for every device. Its files, by what they do:
//
// A package comes in, and its functions as they are marked.
//
//   - load, generic, method: packages, instances of generic functions, methods
//   - directive, marks, errors: the marks, and what is refused
//   - compile, types, params: functions, their types and parameters
//   - aggregate: structures with slices as parameters
//   - record: slices of structures
//
// They are lowered to a language of few statements; what is no part of it is refused.
//
//   - ir, walk: that language, and walks through it
//   - lower, assign, branch, loop, switch, jump, returns: statements
//   - place: elements of slices of structures, and pointers to them
//   - expr, call, builtin, special: expressions
//   - group: what kernels for work-groups have besides
//   - fold: reductions
//   - inline, inlinable: functions that are compiled where they are called
//
// Analyses find what an index touches and costs, and what is left to launches to check.
//
//   - poly, affine, simplify, guard: subscripts as polynomials, and what conditions say
//     of them
//   - turns: how often loops turn
//   - access, groupaccess: who reads and writes what, and races
//   - footprint: the elements of an index
//   - uniform: what all of a group agree on
//   - cost: operations and bytes
//
// Printers write it in Go, GLSL and CUDA C.
//
//   - golang, gojump, gonamed: statements and expressions in Go
//   - gorange, gofold, goneighbours, gounroll, goview: the loop over indices
//   - gogroup, gocuts, golanes: work-groups in Go
//   - device, deviceconst, deviceexpr, devicefold, devicegroup, deviceprelude, devicestmt,
//     devicetype: GLSL and CUDA C
//   - tiles: CUDA C of invocations that take several indices
//   - constructor, constructornames, launchcheck, launchfootprint: the function that
//     makes a launch, what it checks, and what it tells of its arguments
//   - imports, names: names that nothing else has
//   - generate: the file
package kernelgen
