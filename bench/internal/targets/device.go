package targets

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// Goal is what an operation on a device is held to: a part of what limits it, or
// of what another library attains, both measured in the same run.
type Goal struct {
	Name   string // "axpy, n=268435456, data on the device"
	Device string
	Over   string  // the limit or the peer: "copy in C"
	Part   float64 // of its rate, as a part of one
	Want   float64 // the least part; 0 where none was promised, which it is of GPUs alone
	Met    Verdict
	// Missing is why there is no Part of what was promised.
	Missing string
}

// Figure is the part in words, or why there is none.
func (g Goal) Figure() string {
	if g.Missing != "" {
		return "not measured: " + g.Missing
	}
	return fmt.Sprintf("%.1f %%", 100*g.Part)
}

// parts of the limits that operations on a GPU are to attain at their largest sizes.
const (
	partOfCopy     = 0.92
	partOfStencil  = 0.80
	partOfPeak     = 0.50
	partOfBLAS     = 0.98
	partOfTransfer = 0.90
	partOfBest     = 0.98 // of the best single device, by a launch over all of them
	partOfSum      = 0.95 // of the sum of their rates, where arithmetic limits each
	partOfLibrary  = 0.95 // of CuPy and PyTorch, on any operation; on the sum it is 1
)

// Goals are those of all devices that there are rows of.
func Goals(r *measure.Results) []Goal {
	var all []Goal
	for _, d := range r.Machine().Devices {
		if d.ID == "cpu" {
			continue
		}
		all = append(all, limits(r, d.ID)...)
		for _, library := range []string{"CuPy", "PyTorch"} {
			all = append(all, against(r, d.ID, library)...)
		}
	}
	return slices.Concat(all, splits(r), sums(r))
}

func goal(name, device, over string, part, want float64) Goal {
	g := Goal{Name: name, Device: device, Over: over, Part: part}
	if strings.HasPrefix(device, "cuda:") && want > 0 && !math.IsNaN(part) {
		g.Want, g.Met = want, NotMet
		if part >= want {
			g.Met = Met
		}
	}
	return g
}

// unmeasured is a goal of a GPU that there is no figure for; of other devices there is
// none then.
func unmeasured(name, device, over string, want float64, row *measure.Row) []Goal {
	if !strings.HasPrefix(device, "cuda:") || want == 0 {
		return nil
	}
	why := "it was not run"
	if row != nil && row.Missing != "" {
		why = row.Missing
	}
	return []Goal{{Name: name, Device: device, Over: over, Want: want, Missing: why}}
}

// limits holds each operation, at its largest size, against what limits it.
func limits(r *measure.Results, device string) []Goal {
	var all []Goal
	for _, row := range largest(r, device) {
		op, data := row.Workload, parameter(row, "data")
		overs, want := []string{"copy in C", "copy on the device", "multiply-adds in C"}, partOfCopy
		switch {
		case data == "host":
			overs, want = []string{"transfers in C", "transfers alone"}, partOfTransfer
			if op == "gemm" || op == "gemmbatch" || op == "nbody" {
				want = 0 // what arithmetic limits, transfers don't
			}
		case op == "gemm":
			overs, want = []string{"cuBLAS in C"}, partOfBLAS
		case op == "nbody":
			overs, want = []string{"multiply-adds in C"}, partOfPeak
		case op == "stencil5":
			want = partOfStencil
		case op == "gemv" || op == "exp" || op == "gemmbatch":
			want = 0 // shown, and not among what was promised
		}
		name := fmt.Sprintf("%s, n=%s, data on the %s", op, parameter(row, "n"), data)
		part := math.NaN()
		for _, over := range overs {
			if part = median(r.Find(row.Place(), over)) / median(row); !math.IsNaN(part) {
				all = append(all, goal(name, device, over, part, want))
				break
			}
		}
		if math.IsNaN(part) {
			all = append(all, unmeasured(name, device, overs[0], want, r.Find(row.Place(), overs[0]))...)
		}
	}
	return all
}

// largest are Tandem's rows of the category kernel with the largest size of each
// operation, on the device's data and on the host's.
func largest(r *measure.Results, device string) []*measure.Row {
	var all []*measure.Row
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Category != "kernel" || row.Subject != "tandem" || row.Device != device || len(row.Samples) == 0 {
			continue
		}
		same := func(other *measure.Row) bool {
			return other.Workload == row.Workload && parameter(other, "data") == parameter(row, "data")
		}
		at := slices.IndexFunc(all, same)
		switch {
		case at < 0:
			all = append(all, row)
		case size(row) > size(all[at]):
			all[at] = row
		}
	}
	return all
}

// against is the least part of a library's rate over the whole grid, and that of
// the sum.
func against(r *measure.Results, device, library string) []Goal {
	worst, at := math.Inf(1), ""
	var own, their float64
	var missing *measure.Row
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Category != "kernel" || row.Subject != "tandem" || row.Device != device {
			continue
		}
		other := r.Find(row.Place(), library)
		if missing == nil && other != nil && other.Missing != "" {
			missing = other
		}
		a, b := median(row), median(other)
		if math.IsNaN(a) || math.IsNaN(b) {
			continue
		}
		own, their = own+a, their+b
		if b/a < worst {
			worst, at = b/a, fmt.Sprintf("%s, n=%s, data on the %s", row.Workload, parameter(row, "n"), parameter(row, "data"))
		}
	}
	if at == "" {
		return unmeasured("every operation and size", device, library, partOfLibrary, missing)
	}
	return []Goal{
		goal("the worst of all: "+at, device, library, worst, partOfLibrary),
		goal("the sum of all operations and sizes", device, library, their/own, 1),
	}
}

// splits is the least part of the best single device's rate that a launch over all
// of them has had.
func splits(r *measure.Results) []Goal {
	worst := Goal{Part: math.Inf(1)}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Category != "split" || row.Subject != "tandem" {
			continue
		}
		best, device := math.Inf(1), ""
		gpu := "cpu"
		for j := range r.Rows {
			other := &r.Rows[j]
			if other.Place() != row.Place() || !strings.HasSuffix(other.Subject, " alone") {
				continue
			}
			if strings.HasPrefix(other.Device, "cuda:") {
				gpu = other.Device
			}
			if m := median(other); m < best {
				best, device = m, other.Device
			}
		}
		if part := best / median(row); part < worst.Part {
			worst = goal(fmt.Sprintf("a launch over all devices, the worst: %s, %s", row.Workload, row.Case), gpu, device+" alone", part, partOfBest)
		}
	}
	if math.IsInf(worst.Part, 1) {
		return nil
	}
	return []Goal{worst}
}

// sums is the part that a launch over all devices has had of the sum of what they
// attain alone: of what arithmetic limits, so that they share no bottleneck, at its
// largest size, which is what takes longest.
func sums(r *measure.Results) []Goal {
	var all []Goal
	for _, op := range []string{"mandelbrot", "nbody"} {
		var longest *measure.Row
		for i := range r.Rows {
			row := &r.Rows[i]
			if row.Category == "split" && row.Workload == op && row.Subject == "tandem" && !(median(row) <= median(longest)) {
				longest = row
			}
		}
		if longest == nil {
			continue
		}
		rates, devices, gpu := 0.0, 0, "cpu"
		for i := range r.Rows {
			row := &r.Rows[i]
			if row.Place() != longest.Place() || !strings.HasSuffix(row.Subject, " alone") || len(row.Samples) == 0 {
				continue
			}
			if row.Device != "cpu" {
				gpu = row.Device
			}
			rates += 1 / median(row)
			devices++
		}
		if devices > 1 {
			name := fmt.Sprintf("a launch over all devices: %s, %s", op, longest.Case)
			all = append(all, goal(name, gpu, "the sum of all alone", 1/median(longest)/rates, partOfSum))
		}
	}
	return all
}

// parameter finds "key=value" in a row's case.
func parameter(row *measure.Row, key string) string {
	for part := range strings.SplitSeq(row.Case, "/") {
		if value, ok := strings.CutPrefix(part, key+"="); ok {
			return value
		}
	}
	return ""
}

func size(row *measure.Row) int {
	n, err := strconv.Atoi(parameter(row, "n"))
	if err != nil {
		return 0
	}
	return n
}
