//go:build opengl && linux && cgo

package egl

/*
#cgo LDFLAGS: -Wl,--as-needed -ldl
#include <stdlib.h>
#include "egl.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"
)

// ErrLibrary is wrapped by the error of [Load] when libEGL cannot be used.
var ErrLibrary = errors.New("libEGL cannot be loaded")

// Error is the code that an EGL function left.
type Error struct {
	Call string
	Code int
}

// Error implements error.
func (e *Error) Error() string {
	if e.Code < 0 {
		return e.Call + ": the EGL library lacks it"
	}
	return fmt.Sprintf("%s: EGL error %#x", e.Call, e.Code)
}

func check(call string, status C.tandem_egl_status) error {
	if status == 0 {
		return nil
	}
	return &Error{Call: call, Code: int(status)}
}

var load = sync.OnceValue(func() error {
	name := C.CString("libEGL.so.1")
	defer C.free(unsafe.Pointer(name))
	if reason := C.tandem_egl_load(name); reason != nil {
		return fmt.Errorf("%w: %s", ErrLibrary, C.GoString(reason))
	}
	return nil
})

// Load loads libEGL.so.1. Everything else in this package wants it to have
// succeeded. Later calls repeat the first answer.
func Load() error { return load() }

// ProcAddr is the address of an OpenGL function. It is no proof that the
// function works: dispatch libraries answer for every name.
func ProcAddr(name string) unsafe.Pointer {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	return C.tandem_egl_proc(s)
}

const (
	extensionsName = 0x3055
	versionName    = 0x3054
	drmDeviceFile  = 0x3233
	cudaDevice     = 0x323A // EGL_CUDA_DEVICE_NV
	deviceUUID     = 0x335C // EGL_DEVICE_UUID_EXT

	platformDevice      = 0x313F // EGL_PLATFORM_DEVICE_EXT
	platformSurfaceless = 0x31DD // EGL_PLATFORM_SURFACELESS_MESA
)

// Device is a piece of hardware, or a renderer in software, that the library
// enumerates.
type Device struct {
	Software bool   // computes on the processor
	DRM      string // path of the kernel's device; empty when there is none
	UUID     []byte // 16 bytes, as CUDA and Vulkan have them; nil where the library doesn't tell
	CUDA     int    // number of the CUDA device that it is; -1 for none that is known
	handle   unsafe.Pointer
}

// Devices lists the devices in the library's order.
func Devices() ([]Device, error) {
	client := C.GoString(C.tandem_egl_client_extensions())
	if !Has(client, "EGL_EXT_device_enumeration") && !Has(client, "EGL_EXT_device_base") {
		return nil, errors.New("the EGL library has no EGL_EXT_device_enumeration")
	}
	var count C.int32_t
	if err := check("eglQueryDevicesEXT", C.tandem_egl_devices(nil, 0, &count)); err != nil {
		return nil, err
	}
	if count == 0 {
		return nil, nil
	}
	handles := make([]unsafe.Pointer, count)
	if err := check("eglQueryDevicesEXT", C.tandem_egl_devices(&handles[0], count, &count)); err != nil {
		return nil, err
	}
	var devices []Device
	for _, h := range handles[:count] {
		extensions := C.GoString(C.tandem_egl_device_string(h, extensionsName))
		d := Device{handle: h, Software: Has(extensions, "EGL_MESA_device_software"), CUDA: -1}
		if Has(extensions, "EGL_EXT_device_drm") {
			d.DRM = C.GoString(C.tandem_egl_device_string(h, drmDeviceFile))
		}
		if Has(extensions, "EGL_EXT_device_persistent_id") {
			d.UUID = readUUID(h)
		}
		var ordinal C.intptr_t
		if Has(extensions, "EGL_NV_device_cuda") && C.tandem_egl_device_attribute(h, cudaDevice, &ordinal) == 0 {
			d.CUDA = int(ordinal)
		}
		devices = append(devices, d)
	}
	return devices, nil
}

func readUUID(h unsafe.Pointer) []byte {
	uuid := make([]byte, 16)
	var size C.int32_t
	if C.tandem_egl_device_binary(h, deviceUUID, C.int32_t(len(uuid)), unsafe.Pointer(&uuid[0]), &size) != 0 || int(size) != len(uuid) {
		return nil
	}
	return uuid
}

// Display is a connection to a device.
type Display struct {
	handle     unsafe.Pointer
	extensions string
	version    string
}

// Open connects to the device. Opening it twice gives the same connection.
func (d Device) Open() (*Display, error) { return openDisplay(platformDevice, d.handle) }

// OpenSurfaceless connects to whatever Mesa renders with when it is given no
// device: the way for libraries that enumerate none.
func OpenSurfaceless() (*Display, error) { return openDisplay(platformSurfaceless, nil) }

func openDisplay(platform C.uint32_t, native unsafe.Pointer) (*Display, error) {
	var handle unsafe.Pointer
	if err := check("eglInitialize", C.tandem_egl_display(platform, native, &handle)); err != nil {
		return nil, err
	}
	return &Display{
		handle:     handle,
		extensions: C.GoString(C.tandem_egl_display_string(handle, extensionsName)),
		version:    C.GoString(C.tandem_egl_display_string(handle, versionName)),
	}, nil
}

// Has reports whether a list of names, separated by blanks, holds name.
func Has(list, name string) bool {
	for field := range strings.FieldsSeq(list) {
		if field == name {
			return true
		}
	}
	return false
}
