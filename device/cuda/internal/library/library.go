//go:build cuda && linux && cgo

package library

// #cgo CFLAGS: -I${SRCDIR}/../driver
// #cgo LDFLAGS: -ldl
// #include "library.h"
import "C"

import _ "github.com/tandem-go/tandem/device/cuda/internal/driver" // the driver's version
