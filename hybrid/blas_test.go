package hybrid_test

import (
	"testing"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/hybrid/internal/blastest"
)

// blasSets are device sets that a BLAS is tried on.
func blasSets(t *testing.T) map[string][]hybrid.Option {
	t.Helper()
	with := func(cfg sim.Config) hybrid.Option { return hybrid.WithDevice(simulated(t, cfg)) }
	return map[string][]hybrid.Option{
		"cpu":       {hybrid.WithDevices("cpu")},
		"cpu+sim":   {hybrid.WithDevices("cpu"), with(sim.Config{})},
		"cpu+2sims": {hybrid.WithDevices("cpu"), with(sim.Config{ID: "sim:1"}), with(sim.Config{ID: "sim:2"})},
	}
}

func TestBLASByGonumsSuite(t *testing.T) {
	for set, opts := range blasSets(t) {
		t.Run(set, func(t *testing.T) {
			s := open(t, opts...)
			defer s.Close()
			blastest.Gonum(t, s.BLAS(hybrid.AlwaysTiled(3)))
			for _, d := range s.Stats().Devices {
				t.Logf("%s: %d tiles", d.ID, d.Chunks)
			}
		})
	}
}
