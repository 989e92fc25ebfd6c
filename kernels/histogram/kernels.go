package histogram

import (
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/atomics"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// A group of 256 invocations counts 64 elements each. Its table, of up to 8 rows of
// 256 bins, is then an eighth of what it reads, and 8 KiB: four groups and more have
// room on a multiprocessor of any GPU.
const (
	group    = 256
	turns    = 64
	elements = group * turns
	maxRows  = 8
)

// tables counts the elements of each group in shared memory and stores the table of
// rows rows, of which n bins are in use.
//
//tandem:kernel _
//tandem:group 256
func tables[T kernels.Float](g kernels.Group, rows int, n int32, lo, hi, scale T, x []T, counts []uint32) {
	table := kernels.Shared[[maxRows * group]uint32](g)
	l := g.Local()
	for r := range rows {
		table[r*group+l] = 0
	}
	g.Barrier()
	for k := range turns {
		if i := (g.Index()*turns+k)*group + l; i < len(x) {
			v := x[i]
			if v >= lo && v <= hi {
				atomics.Add(&table[min(int32((v-lo)*scale), n-1)], 1)
			}
		}
	}
	g.Barrier()
	for r := range rows {
		counts[(g.Index()*rows+r)*group+l] = table[r*group+l]
	}
}

// one counts in a table in the device's memory.
//
//tandem:kernel _
func one[T kernels.Float](i int, n int32, lo, hi, scale T, x []T, counts []uint32) {
	v := x[i]
	if v >= lo && v <= hi {
		atomics.Add(&counts[min(int32((v-lo)*scale), n-1)], 1)
	}
}

// Both kernels, by the type of elements.
var (
	tablesKernels = define(tablesOnHost[float32], tablesFloat32Kernel, tablesOnHost[float64], tablesFloat64Kernel)
	oneKernels    = [2]*kernels.Kernel{kernels.Define(oneFloat32Kernel), kernels.Define(oneFloat64Kernel)}
)

// define gives both descriptions a variant for the host without atomic operations.
func define(f32 func(*kernels.Call), k32 kernels.Kernel, f64 func(*kernels.Call), k64 kernels.Kernel) [2]*kernels.Kernel {
	k32.Go, k64.Go = f32, f64
	return [2]*kernels.Kernel{kernels.Define(k32), kernels.Define(k64)}
}

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return append(tablesKernels[:], oneKernels[:]...)
}

func newTables[T kernels.Float](b bins[T], x []T, counts []uint32) kernels.Launch {
	arg, groups, rows := kernels.Of[T](x), (len(x)+elements-1)/elements, rowsFor(b.n)
	l := kernels.NewLaunch(tablesKernels[arg.Type()], groups)
	l.AddArg(arg, kernels.Footprint{Per: elements, Ragged: true})
	l.AddArg(kernels.Of[uint32](counts), kernels.Footprint{Per: rows * group})
	l.AddInt(rows)
	b.addTo(&l)
	l.AddInt(len(x))
	l.SetCost(kernels.Cost{Flops: 6 * elements, Bytes: float64(elements*arg.Type().Size() + 4*rows*group)})
	return l
}

func newOne[T kernels.Float](b bins[T], x []T, counts kernels.Operand) kernels.Launch {
	arg := kernels.Of[T](x)
	l := kernels.NewLaunch(oneKernels[arg.Type()], len(x))
	l.AddArg(arg, kernels.Elementwise)
	l.AddArg(counts, kernels.Whole)
	b.addTo(&l)
	l.SetCost(kernels.Cost{Flops: 6, Bytes: float64(arg.Type().Size() + 8)})
	l.SetGrain(len(x))
	return l
}

// rowsFor is how many rows the table of n bins has.
func rowsFor(n int) int { return (n + group - 1) / group }

func (b bins[T]) addTo(l *kernels.Launch) {
	l.AddInt(b.n)
	l.AddFloat(float64(b.lo))
	l.AddFloat(float64(b.hi))
	l.AddFloat(float64(b.scale))
}
