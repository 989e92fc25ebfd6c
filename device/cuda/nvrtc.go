//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/internal/nvrtc"
	"github.com/tandem-go/tandem/device/cuda/internal/ptxcache"
)

// compiled is where CUDA C that was compiled while the program ran is kept.
// Tests replace it.
var compiled = sync.OnceValue(ptxcache.Default)

// translate compiles CUDA C to PTX for the device, unless that has been done
// before. Products are not contracted with sums: what the kernels state to be the
// same on every device stays so, and a kernel that wants fma says fma.
func (d *cudaDevice) translate(src device.Source) (string, error) {
	if err := nvrtc.Load(); err != nil {
		return "", fmt.Errorf("%w: kernel %s is CUDA C: %w", device.ErrUnsupported, src.Name, err)
	}
	major, minor, err := nvrtc.Version()
	if err != nil {
		return "", fmt.Errorf("%w: %w", device.ErrUnsupported, err)
	}
	arch, err := d.compileArch()
	if err != nil {
		return "", err
	}
	options := []string{fmt.Sprintf("--gpu-architecture=compute_%d", arch), "--fmad=false"}
	key := ptxcache.NewKey(src.Text, fmt.Sprint(options), fmt.Sprintf("nvrtc %d.%d", major, minor))
	if ptx, ok := compiled().Get(key); ok {
		return string(ptx), nil
	}
	out, err := nvrtc.Compile(src.Text, src.Name+".cu", options...)
	if refused, ok := errors.AsType[*nvrtc.Error](err); ok && refused.Log != "" {
		return "", refusal(refused.Log)
	}
	if err != nil {
		return "", fmt.Errorf("%w: kernel %s: %w", device.ErrUnsupported, src.Name, err)
	}
	compiled().Put(key, out.PTX)
	return string(out.PTX), nil
}

// compileArch is the newest architecture that both the compiler and the device
// know. PTX for an older one runs on every newer device.
func (d *cudaDevice) compileArch() (int, error) {
	archs, err := nvrtc.Archs()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", device.ErrUnsupported, err)
	}
	best := 0
	for _, a := range archs {
		if a <= d.limits.arch {
			best = max(best, a)
		}
	}
	if best == 0 {
		return 0, fmt.Errorf("%w: the compiler knows no architecture as old as compute_%d", device.ErrUnsupported, d.limits.arch)
	}
	return best, nil
}
