//go:build opengl && linux && cgo

package opengl

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/opengl/internal/egl"
)

// The version asked for: the first with compute shaders.
const glMajor, glMinor = 4, 3

// adapter is something that OpenGL can compute with, before it is opened.
type adapter struct {
	display *egl.Display
	info    device.Info // complete but for the ID
	limits  limits
}

// rank orders hardware before software.
func (a adapter) rank() int {
	if a.info.Caps.HostCores {
		return 1
	}
	return 0
}

// maxCopies bounds EnvSoftware: more contexts only exhaust the machine.
const maxCopies = 64

func softwareCopies() (int, error) {
	text := os.Getenv(EnvSoftware)
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxCopies {
		return 0, fmt.Errorf("%w: %s=%q wants a number from 0 to %d", device.ErrInvalid, EnvSoftware, text, maxCopies)
	}
	return n, nil
}

// findAdapters tries everything EGL offers, hardware first.
func findAdapters() ([]adapter, error) {
	if err := egl.Load(); err != nil {
		return nil, fmt.Errorf("%w: %w", device.ErrUnsupported, err)
	}
	var found []adapter
	var reasons []error
	try := func(open func() (*egl.Display, error), software bool) bool {
		a, err := newAdapter(open, software)
		if err != nil {
			reasons = append(reasons, err)
			return false
		}
		found = append(found, a)
		return true
	}

	devices, err := egl.Devices()
	if err != nil {
		reasons = append(reasons, err)
	}
	taken := map[string]bool{} // kernel devices in use: two drivers may offer one GPU
	for _, software := range []bool{false, true} {
		for _, d := range devices {
			if d.Software != software || d.DRM != "" && taken[d.DRM] {
				continue
			}
			if !try(d.Open, d.Software) {
				continue
			}
			found[len(found)-1].info.GPU = gpuOf(d)
			if d.DRM != "" {
				taken[d.DRM] = true
			}
		}
	}
	if len(found) == 0 {
		try(egl.OpenSurfaceless, false)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: no driver offers OpenGL %d.%d (on Debian and Ubuntu, Mesa's are in libgl1-mesa-dri): %w",
			device.ErrNoDevice, glMajor, glMinor, errors.Join(reasons...))
	}
	// Not every renderer in software is marked as one by EGL.
	slices.SortStableFunc(found, func(a, b adapter) int { return a.rank() - b.rank() })
	return found, nil
}

// gpuOf is device.Info's GPU: the UUID that all of a GPU's drivers share, or the
// CUDA device that NVIDIA's says it is. Renderers in software have none.
func gpuOf(d egl.Device) string {
	switch {
	case d.Software:
		return ""
	case d.UUID != nil:
		return fmt.Sprintf("uuid %x-%x-%x-%x-%x", d.UUID[:4], d.UUID[4:6], d.UUID[6:8], d.UUID[8:10], d.UUID[10:])
	case d.CUDA >= 0:
		return fmt.Sprintf("cuda:%d", d.CUDA)
	}
	return ""
}

// newAdapter opens a display and asks a context of it for what it can do.
func newAdapter(open func() (*egl.Display, error), software bool) (adapter, error) {
	return onThread(func() (adapter, error) {
		display, err := open()
		if err != nil {
			return adapter{}, err
		}
		ctx, err := makeContext(display)
		if err != nil {
			return adapter{}, err
		}
		defer dropContext(ctx)
		a, err := probe(software)
		a.display = display
		return a, err
	})
}

// makeContext makes a context and makes it current. The caller is locked to
// its thread, and calls dropContext before it ends.
func makeContext(display *egl.Display) (*egl.Context, error) {
	ctx, err := display.NewContext(glMajor, glMinor)
	if err != nil {
		return nil, err
	}
	if err := ctx.MakeCurrent(); err != nil {
		return nil, errors.Join(err, ctx.Destroy())
	}
	if err := loadFunctions(); err != nil {
		dropContext(ctx)
		return nil, err
	}
	if major, minor := integer(gl.MAJOR_VERSION), integer(gl.MINOR_VERSION); major*10+minor < glMajor*10+glMinor {
		dropContext(ctx)
		return nil, fmt.Errorf("the driver gives OpenGL %d.%d, %d.%d is needed", major, minor, glMajor, glMinor)
	}
	return ctx, nil
}

// dropContext undoes makeContext. A context that were still current when its
// thread ends could never be freed. There is nothing to be done about errors.
func dropContext(ctx *egl.Context) {
	_ = ctx.Release()
	_ = ctx.Destroy()
	_ = egl.ReleaseThread()
}

var functions struct {
	mu     sync.Mutex // guards loaded and package gl's table of functions
	loaded bool
}

// loadFunctions fills package gl's table, which the process has one of. Once is
// enough: EGL's addresses serve every context, they go by the current one.
func loadFunctions() error {
	functions.mu.Lock()
	defer functions.mu.Unlock()
	if functions.loaded {
		return nil
	}
	err := gl.InitWithProcAddrFunc(egl.ProcAddr)
	functions.loaded = err == nil
	return err
}

// discoverPatience bounds how long a driver may take to make a context and to
// compile the first shaders.
const discoverPatience = 30 * time.Second

// onThread runs f on a thread of its own, which ends with it: drivers leave
// settings behind in the threads they have worked on. A driver that does not
// come back is left behind, with device.ErrTimeout.
func onThread[T any](f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends here
		v, err := f()
		done <- answer{v, err}
	}()
	timer := time.NewTimer(discoverPatience)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.value, a.err
	case <-timer.C:
		var none T
		return none, fmt.Errorf("%w: the driver took more than %v to set up", device.ErrTimeout, discoverPatience)
	}
}

func isSoftware(renderer string) bool {
	for _, name := range []string{"llvmpipe", "softpipe", "swr", "swrast", "lavapipe"} {
		if strings.Contains(strings.ToLower(renderer), name) {
			return true
		}
	}
	return false
}
