package targets

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// onDevice is a row of the category kernel, or of another.
func onDevice(place, subject, device string, ns float64) measure.Row {
	parts := strings.SplitN(place, "/", 3)
	return measure.Row{
		Category: parts[0], Workload: parts[1], Case: parts[2], Subject: subject, Unit: measure.Nanoseconds,
		Samples: []float64{ns, ns, ns, ns, ns, ns}, Device: device, Machine: "m",
	}
}

func TestGoals(t *testing.T) {
	rows := func(device string) []measure.Row {
		at := "/data=device/device=" + device
		return []measure.Row{
			onDevice("kernel/axpy/n=100"+at, "tandem", device, 100),
			onDevice("kernel/axpy/n=100"+at, "copy in C", device, 1),
			onDevice("kernel/axpy/n=100"+at, "CuPy", device, 200),
			onDevice("kernel/axpy/n=2000"+at, "tandem", device, 1000),
			onDevice("kernel/axpy/n=2000"+at, "copy in C", device, 930),
			onDevice("kernel/axpy/n=2000"+at, "CuPy", device, 900),
			onDevice("kernel/stencil5/n=100"+at, "tandem", device, 100),
			onDevice("kernel/stencil5/n=100"+at, "copy on the device", device, 79),
			onDevice("kernel/nbody/n=100"+at, "tandem", device, 100),
			onDevice("kernel/nbody/n=100"+at, "multiply-adds in C", device, 51),
			onDevice("kernel/gemm/n=100"+at, "tandem", device, 100),
			onDevice("kernel/gemm/n=100"+at, "cuBLAS in C", device, 99),
			onDevice("kernel/sum/n=100/data=host/device="+device, "tandem", device, 100),
			onDevice("kernel/sum/n=100/data=host/device="+device, "transfers alone", device, 80),
			onDevice("split/axpy/size=10", "tandem", "cpu", 100),
			onDevice("split/axpy/size=10", "cpu alone", "cpu", 300),
			onDevice("split/axpy/size=10", device+" alone", device, 99),
			onDevice("split/nbody/size=5", "tandem", "cpu", 10),
			onDevice("split/nbody/size=5", "cpu alone", "cpu", 10),
			onDevice("split/nbody/size=5", device+" alone", device, 10),
			onDevice("split/nbody/size=9", "tandem", "cpu", 160),
			onDevice("split/nbody/size=9", "cpu alone", "cpu", 600),
			onDevice("split/nbody/size=9", device+" alone", device, 200),
		}
	}
	// What was promised and not measured says why.
	gone := onDevice("kernel/sum/n=100/data=host/device=cuda:0", "PyTorch", "cuda:0", 1)
	gone.Samples, gone.Missing = nil, "it is not installed"
	want := []string{
		"axpy, n=2000, data on the device over copy in C 0.930 met",
		"stencil5, n=100, data on the device over copy on the device 0.790 not met",
		"nbody, n=100, data on the device over multiply-adds in C 0.510 met",
		"gemm, n=100, data on the device over cuBLAS in C 0.990 met",
		"sum, n=100, data on the host over transfers alone 0.800 not met",
		"the worst of all: axpy, n=2000, data on the device over CuPy 0.900 not met",
		"the sum of all operations and sizes over CuPy 1.000 met",
		"every operation and size over PyTorch not measured: it is not installed ",
		"a launch over all devices, the worst: axpy, size=10 over cuda:0 alone 0.990 met",
		"a launch over all devices: nbody, size=9 over the sum of all alone 0.938 not met",
	}
	goals := Goals(&measure.Results{Runs: []*measure.Machine{{ID: "m", Devices: []measure.Device{{ID: "cpu"}, {ID: "cuda:0"}}}}, Rows: append(rows("cuda:0"), gone)})
	if len(goals) != len(want) {
		t.Fatalf("%d goals, want %d: %+v", len(goals), len(want), goals)
	}
	for i, g := range goals {
		figure := fmt.Sprintf("%.3f", g.Part)
		if g.Missing != "" {
			figure = g.Figure()
		}
		if got := fmt.Sprintf("%s over %s %s %s", g.Name, g.Over, figure, g.Met); got != want[i] {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
	}
	// What was promised of GPUs is no verdict on anything else.
	for _, g := range Goals(&measure.Results{Runs: []*measure.Machine{{ID: "m", Devices: []measure.Device{{ID: "opengl:0"}}}}, Rows: rows("opengl:0")}) {
		if g.Met != None {
			t.Errorf("%s on %s is %s", g.Name, g.Device, g.Met)
		}
	}
}
