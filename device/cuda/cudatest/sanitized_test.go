//go:build cuda && linux && cgo && asan

package cudatest_test

const sanitized = true
