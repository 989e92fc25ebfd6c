//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/tandem-go/tandem/device"
)

// result is a CUresult.
type result int

// The results that need an answer of their own. The driver knows their names
// and texts; these are the numbers of cuda.h, which never change.
const (
	resultInvalidValue      result = 1
	resultOutOfMemory       result = 2
	resultNotInitialized    result = 3
	resultDeinitialized     result = 4
	resultDeviceUnavailable result = 46
	resultNoDevice          result = 100
	resultInvalidDevice     result = 101
	resultInvalidImage      result = 200
	resultInvalidContext    result = 201
	resultNoBinary          result = 209
	resultECC               result = 214
	resultInvalidPTX        result = 218
	resultNVLink            result = 220
	resultNoCompiler        result = 221
	resultUnsupportedPTX    result = 222
	resultNoCompilation     result = 223
	resultContained         result = 226 // an uncorrectable error, contained
	resultInvalidSource     result = 300
	resultInvalidHandle     result = 400
	resultNotFound          result = 500
	resultNotReady          result = 600
	resultIllegalAddress    result = 700
	resultOutOfResources    result = 701
	resultLaunchTimeout     result = 702
	resultContextDestroyed  result = 709
	resultAssert            result = 710
	resultRegistered        result = 712 // host memory, already
	resultHardwareStack     result = 714
	resultIllegalOpcode     result = 715
	resultMisaligned        result = 716
	resultAddressSpace      result = 717
	resultInvalidPC         result = 718
	resultLaunchFailed      result = 719
	resultNotSupported      result = 801
	resultNotReadySystem    result = 802
	resultMPSFailed         result = 805
)

// callError is a call that the driver answered with a failure.
type callError struct {
	call       string
	code       result
	name, text string // the driver's
	is         error  // the sentinel of package device
}

func newCallError(call string, code result) error {
	name, text := describe(code)
	return &callError{call: call, code: code, name: name, text: text, is: code.sentinel()}
}

func (e *callError) Error() string {
	s := fmt.Sprintf("%v: %s: CUDA error %d", e.is, e.call, e.code)
	if e.name != "" {
		s += " (" + e.name + ")"
	}
	if e.text != "" {
		s += ": " + e.text
	}
	return s
}

func (e *callError) Unwrap() error { return e.is }

// fatal reports whether the driver answers every later call of the context with
// the same: the context is gone, and with it all that is in it.
func (r result) fatal() bool {
	switch r {
	case resultIllegalAddress, resultLaunchTimeout, resultContextDestroyed, resultAssert,
		resultHardwareStack, resultIllegalOpcode, resultMisaligned, resultAddressSpace, resultInvalidPC, resultLaunchFailed,
		resultECC, resultNVLink, resultContained, resultDeinitialized, resultDeviceUnavailable,
		resultInvalidContext, resultMPSFailed:
		return true
	}
	return false
}

// known reports whether the result says by itself whether the context lives on.
func (r result) known() bool {
	switch r {
	case resultInvalidValue, resultOutOfMemory, resultNotInitialized, resultNoBinary, resultInvalidImage, resultInvalidPTX,
		resultNoCompiler, resultUnsupportedPTX, resultNoCompilation, resultInvalidSource, resultInvalidHandle, resultNotFound,
		resultNotReady, resultOutOfResources, resultRegistered, resultNotSupported:
		return true
	}
	return r.fatal()
}

func (r result) sentinel() error {
	switch {
	case r.fatal():
		return device.ErrLost
	case r == resultOutOfMemory:
		return device.ErrOutOfMemory
	}
	switch r {
	case resultNotInitialized, resultNoDevice, resultInvalidDevice, resultNotReadySystem:
		return device.ErrNoDevice
	case resultNoBinary, resultNoCompiler, resultUnsupportedPTX, resultNoCompilation, resultNotFound, resultNotSupported:
		return device.ErrUnsupported
	}
	return device.ErrInvalid
}

// rejected reports whether the text of a program was at fault.
func (r result) rejected() bool {
	return r == resultInvalidPTX || r == resultInvalidImage || r == resultInvalidSource
}

// codeOf is the result behind an error of native.go or of package cu, whose
// errors are numbers of a type that it does not export.
func codeOf(err error) (result, bool) {
	if e, ok := errors.AsType[*callError](err); ok {
		return e.code, true
	}
	if v := reflect.ValueOf(err); err != nil && v.CanInt() {
		return result(v.Int()), true
	}
	return 0, false
}

// ofCU gives an error of package cu the driver's own text.
func ofCU(call string, err error) error {
	if err == nil {
		return nil
	}
	if code, ok := codeOf(err); ok {
		return newCallError(call, code)
	}
	return fmt.Errorf("%w: %s: %w", device.ErrInvalid, call, err)
}
