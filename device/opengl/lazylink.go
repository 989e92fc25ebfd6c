//go:build opengl && linux && cgo

package opengl

// #cgo LDFLAGS: -Wl,--as-needed -ldl
import "C"
