package scan

import (
	"slices"

	"github.com/tandem-go/tandem/kernels"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// A block is what a work-group scans: each of its invocations has a run of elements
// that follow each other, and eight runs are a row. A group then has 4.25 or 8.5 KiB of
// shared memory, so that seven and more have room on a multiprocessor of any GPU.
//
// That does not pay where a device's cores are the host's, which have no shared memory:
// if all devices are such, launches are of sumBlock and scanBlock, with an invocation for
// each block. On llvmpipe 2^21 elements take 31 ms with these, and 83 by work-groups (two
// cores of an AMD EPYC on a busy machine, 2026-11, the least of 16). On a GPU neither was
// measured.
const (
	run   = 16
	group = 64
	block = group * run
	row   = 8           // runs in a row
	rows  = group / row // rows in a block
	// Behind each run is an element that nobody uses: invocations that go through their
	// runs side by side then use different banks of shared memory.
	padded = block + group
)

// addUp is the first pass: the sums of blocks. Groups read elements in their order, and
// then add up from shared memory.
//
//tandem:kernel _
//tandem:group 64
func addUp[T Number](g kernels.Group, x, sums []T) {
	tile := kernels.Shared[[padded]T](g)
	ofRuns := kernels.Shared[[group]T](g)
	l := g.Local()
	for k := range run {
		at := k*group + l
		tile[at+at/run] = x[block*g.Index()+at]
	}
	g.Barrier()
	sum := T(0)
	for k := range run {
		sum += tile[(run+1)*l+k]
	}
	ofRuns[l] = sum
	g.Barrier()
	if l < rows {
		ofRow := T(0)
		for k := range row {
			ofRow += ofRuns[row*l+k]
		}
		ofRuns[row*l] = ofRow
	}
	g.Barrier()
	if l == 0 {
		total := T(0)
		for r := range rows {
			total += ofRuns[row*r]
		}
		sums[g.Index()] = total
	}
}

// addOn is the second: before has the sum of all blocks before.
//
//tandem:kernel _
//tandem:group 64
func addOn[T Number](g kernels.Group, exclusive bool, before, x, y []T) {
	tile := kernels.Shared[[padded]T](g)
	ofRuns := kernels.Shared[[group]T](g)
	ofRows := kernels.Shared[[rows]T](g)
	l := g.Local()
	for k := range run {
		at := k*group + l
		tile[at+at/run] = x[block*g.Index()+at]
	}
	g.Barrier()
	sum := T(0)
	for k := range run {
		sum += tile[(run+1)*l+k]
	}
	ofRuns[l] = sum
	g.Barrier()
	if l < rows { // of a run, the sum of those before in its row
		ofRow := T(0)
		for k := range row {
			v := ofRuns[row*l+k]
			ofRuns[row*l+k] = ofRow
			ofRow += v
		}
		ofRows[l] = ofRow
	}
	g.Barrier()
	above := T(0)
	//tandem:turns 8
	for r := 0; r < l/row; r++ {
		above += ofRows[r]
	}
	base := before[g.Index()] + (above + ofRuns[l])
	sum = 0
	for k := range run {
		at := (run+1)*l + k
		v := tile[at]
		if exclusive {
			tile[at] = base + sum
			sum += v
		} else {
			sum += v
			tile[at] = base + sum
		}
	}
	g.Barrier()
	for k := range run {
		at := k*group + l
		y[block*g.Index()+at] = tile[at+at/run]
	}
}

// sumBlock is addUp for one invocation a block.
//
//tandem:kernel _
func sumBlock[T Number](i int, x, sums []T) {
	total := T(0)
	for r := range rows {
		ofRow := T(0)
		for u := range row {
			sum := T(0)
			for k := range run {
				sum += x[block*i+(row*r+u)*run+k]
			}
			ofRow += sum
		}
		total += ofRow
	}
	sums[i] = total
}

// scanBlock is addOn for one invocation a block.
//
//tandem:kernel _
func scanBlock[T Number](i int, exclusive bool, before, x, y []T) {
	above := T(0)
	for r := range rows {
		left := T(0)
		for u := range row {
			base, sum := before[i]+(above+left), T(0)
			for k := range run {
				at := block*i + (row*r+u)*run + k
				next := sum + x[at]
				if exclusive {
					y[at] = base + sum
				} else {
					y[at] = base + next
				}
				sum = next
			}
			left += sum
		}
		above += left
	}
}

// passes are both kernels, by the type of elements.
type passes struct{ sums, scan [6]*kernels.Kernel }

// byGroups has a work-group for each block, byInvocations an invocation.
var (
	byGroups = passes{
		sums: [6]*kernels.Kernel{
			define(addUpFloat32Kernel, addUpOnHost[float32]), define(addUpFloat64Kernel, addUpOnHost[float64]),
			define(addUpInt32Kernel, addUpOnHost[int32]), define(addUpUint32Kernel, addUpOnHost[uint32]),
			define(addUpInt64Kernel, addUpOnHost[int64]), define(addUpUint64Kernel, addUpOnHost[uint64]),
		},
		scan: [6]*kernels.Kernel{
			define(addOnFloat32Kernel, addOnOnHost[float32]), define(addOnFloat64Kernel, addOnOnHost[float64]),
			define(addOnInt32Kernel, addOnOnHost[int32]), define(addOnUint32Kernel, addOnOnHost[uint32]),
			define(addOnInt64Kernel, addOnOnHost[int64]), define(addOnUint64Kernel, addOnOnHost[uint64]),
		},
	}
	byInvocations = passes{
		sums: [6]*kernels.Kernel{
			define(sumBlockFloat32Kernel, addUpOnHost[float32]), define(sumBlockFloat64Kernel, addUpOnHost[float64]),
			define(sumBlockInt32Kernel, addUpOnHost[int32]), define(sumBlockUint32Kernel, addUpOnHost[uint32]),
			define(sumBlockInt64Kernel, addUpOnHost[int64]), define(sumBlockUint64Kernel, addUpOnHost[uint64]),
		},
		scan: [6]*kernels.Kernel{
			define(scanBlockFloat32Kernel, addOnOnHost[float32]), define(scanBlockFloat64Kernel, addOnOnHost[float64]),
			define(scanBlockInt32Kernel, addOnOnHost[int32]), define(scanBlockUint32Kernel, addOnOnHost[uint32]),
			define(scanBlockInt64Kernel, addOnOnHost[int64]), define(scanBlockUint64Kernel, addOnOnHost[uint64]),
		},
	}
)

// define gives a description a variant for the host, which needs no shared memory.
func define(k kernels.Kernel, onHost func(*kernels.Call)) *kernels.Kernel {
	k.Go = onHost
	return kernels.Define(k)
}

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return slices.Concat(byGroups.sums[:], byGroups.scan[:], byInvocations.sums[:], byInvocations.scan[:])
}

func newSums[T Number](by *passes, x, sums []T) kernels.Launch {
	arg := kernels.Of[T](x)
	l := kernels.NewLaunch(by.sums[arg.Type()], len(sums))
	l.AddArg(arg, kernels.Footprint{Per: block})
	l.AddArg(kernels.Of[T](sums), kernels.Elementwise)
	size := float64(arg.Type().Size())
	l.SetCost(kernels.Cost{Flops: block, Bytes: block * size})
	return l
}

func newScan[T Number](by *passes, exclusive bool, before, x, y []T) kernels.Launch {
	arg := kernels.Of[T](x)
	l := kernels.NewLaunch(by.scan[arg.Type()], len(before))
	l.AddArg(kernels.Of[T](before), kernels.Elementwise)
	l.AddArg(arg, kernels.Footprint{Per: block})
	l.AddArg(kernels.Of[T](y), kernels.Footprint{Per: block})
	l.AddBool(exclusive)
	size := float64(arg.Type().Size())
	l.SetCost(kernels.Cost{Flops: 3 * block, Bytes: 2 * block * size})
	return l
}
