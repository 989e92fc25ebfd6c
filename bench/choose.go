package main

import (
	"fmt"
	"io"
	"os"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid"
)

// list prints every backend's devices, or why it has none.
func list(out io.Writer) error {
	for _, found := range device.Probe() {
		if found.Err != nil {
			if _, err := fmt.Fprintf(out, "no %s: %v\n", found.Backend, found.Err); err != nil {
				return err
			}
		}
		for _, info := range found.Devices {
			if _, err := fmt.Fprintf(out, "%s: %s (%s)\n", info.ID, info.Name, info.Driver); err != nil {
				return err
			}
		}
	}
	return nil
}

// gpus chooses the devices of -devices: those of CUDA if there is one, else of
// OpenGL, and the CPU. The environment's choice goes before it.
func gpus() []hybrid.Option {
	if os.Getenv(device.EnvDevices) != "" {
		return nil
	}
	have := map[string]bool{}
	for _, found := range device.Probe() {
		have[found.Backend] = len(found.Devices) > 0
	}
	for _, backend := range []string{"cuda", "opengl"} {
		if have[backend] {
			return []hybrid.Option{hybrid.WithDevices("cpu", backend+":*")}
		}
	}
	return []hybrid.Option{hybrid.WithDevices("cpu")}
}
