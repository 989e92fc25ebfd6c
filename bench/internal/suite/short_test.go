package suite

import (
	"errors"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// What measures transfers says why it can't, and leaves nothing open.
func TestTransfersThatCannotBe(t *testing.T) {
	if _, err := newRoundTrip("none:0", 1<<20); !errors.Is(err, device.ErrNoDevice) {
		t.Errorf("there and back: %v", err)
	}
	if _, err := newBothWays("none:0", 1<<20, 1<<20); !errors.Is(err, device.ErrNoDevice) {
		t.Errorf("both ways: %v", err)
	}
	for _, found := range device.Probe() {
		for _, info := range found.Devices {
			if info.ID == "cpu" {
				continue // the CPU has no memory of its own
			}
			if _, err := newRoundTrip(info.ID, 1<<50); !errors.Is(err, device.ErrOutOfMemory) {
				t.Errorf("more than %s has, there and back: %v", info.ID, err)
			}
			for _, way := range [][2]int{{1 << 50, 4}, {4, 1 << 50}} {
				if _, err := newBothWays(info.ID, way[0], way[1]); !errors.Is(err, device.ErrOutOfMemory) {
					t.Errorf("more than %s has, both ways: %v", info.ID, err)
				}
			}
		}
	}
}
