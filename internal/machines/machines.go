// Package machines has the sets of devices that an operation is tested on, each
// with a scheduler of its own.
package machines

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
)

// Each calls try, as a subtest, for the CPU workers alone, for every device of this
// machine alone, for all of them together, and for the workers beside two simulated
// devices that differ in speed: there every launch is cut. opts have a launch run
// on the devices that the subtest is about.
func Each(t *testing.T, try func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption)) {
	t.Helper()
	t.Run("cpu", func(t *testing.T) { try(t, Open(t, hybrid.WithDevices("cpu"))) })
	t.Run("split", func(t *testing.T) {
		options := []hybrid.Option{hybrid.WithDevices("cpu")}
		for _, c := range []sim.Config{{ID: "sim:0", Rate: 1e9}, {ID: "sim:1", Rate: 3e9}} {
			d, err := sim.Open(c)
			if err != nil {
				t.Fatal(err)
			}
			options = append(options, hybrid.WithDevice(d))
		}
		try(t, Open(t, options...), hybrid.EveryDevice())
	})
	for _, found := range device.Probe() {
		if errors.Is(found.Err, device.ErrUnsupported) && strings.Contains(found.Err.Error(), "tag") {
			continue // this build is without the backend
		}
		if found.Err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("CI needs a device of %s: %v", found.Backend, found.Err)
		}
		for _, info := range found.Devices {
			t.Run(info.ID, func(t *testing.T) {
				try(t, Open(t, hybrid.WithDevices(info.ID)), hybrid.On(info.ID))
			})
		}
	}
	t.Run("all", func(t *testing.T) { try(t, Open(t), hybrid.EveryDevice()) })
}

// Open is a scheduler that has nothing from other processes, is quiet and is closed
// with the test.
func Open(t testing.TB, options ...hybrid.Option) *hybrid.Scheduler {
	t.Helper()
	s, err := hybrid.Open(append([]hybrid.Option{hybrid.WithModelFile(""), hybrid.WithLogger(slog.New(slog.DiscardHandler))}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
