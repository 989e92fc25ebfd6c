package hybrid_test

import (
	"log/slog"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a scheduler without a model file.
func open(t *testing.T, opts ...hybrid.Option) *hybrid.Scheduler {
	t.Helper()
	opts = append([]hybrid.Option{hybrid.WithModelFile(""), hybrid.WithLogger(slog.New(slog.DiscardHandler))}, opts...)
	s, err := hybrid.Open(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func simulated(t *testing.T, cfg sim.Config) device.Device {
	t.Helper()
	d, err := sim.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLaunchOverTwoSimulatedDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, hybrid.WithDevices("none:*"),
			hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e6})),
			hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:1", Rate: 3e6})))
		const n = 1 << 20
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i] = float32(i)
		}
		for range 3 {
			var r hybrid.Report
			if err := s.Launch(t.Context(), kernels.Saxpy(2, x, y), hybrid.ReportTo(&r)); err != nil {
				t.Fatal(err)
			}
			t.Logf("%v: ideal %.3f", r.Wall, n/4e6)
			for _, d := range r.Devices {
				t.Logf("%+v", d)
			}
		}
		for i := range y {
			if y[i] != 6*float32(i) {
				t.Fatalf("y[%d] = %v", i, y[i])
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
