package radix

import "github.com/tandem-go/tandem/kernels"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// Each of the 128 invocations of a group has 32 keys that follow each other, and a
// counter for each of 16 digits: 8 KiB of shared memory, and a counter of a group in
// memory for 256 keys.
const (
	group    = 128
	own      = 32
	elements = group * own
	radix    = 16
	bitsEach = 4
)

// digit is the digit of a key from bit shift on.
//
//tandem:device
func digit[T uint32 | uint64](key T, shift uint32) uint32 { return uint32(key>>shift) % radix }

// digits counts the digits from bit shift on in each group's keys.
//
//tandem:kernel _
//tandem:group 128
func digits[T uint32 | uint64](g kernels.Group, shift uint32, x []T, counts []uint32) {
	of := kernels.Shared[[radix * group]uint32](g)
	l := g.Local()
	for d := range radix {
		of[d*group+l] = 0
	}
	for k := range own {
		if i := (g.Index()*group+l)*own + k; i < len(x) {
			of[digit(x[i], shift)*group+uint32(l)]++
		}
	}
	g.Barrier()
	if l < radix {
		sum := uint32(0)
		for t := range group {
			sum += of[l*group+t]
		}
		of[l*group] = sum
	}
	g.Barrier()
	if l == 0 {
		for d := range radix {
			counts[radix*g.Index()+d] = of[d*group]
		}
	}
}

// scatter moves keys to y, and numbers with them to w if there are any: places has the
// first place for each digit of each group.
//
//tandem:kernel _
//tandem:group 128
//tandem:scatter y w
func scatter[T uint32 | uint64](g kernels.Group, shift uint32, paired bool, places []uint32, x []T, v []uint32, y []T, w []uint32) {
	next := kernels.Shared[[radix * group]uint32](g)
	l := g.Local()
	for d := range radix {
		next[d*group+l] = 0
	}
	for k := range own {
		if i := (g.Index()*group+l)*own + k; i < len(x) {
			next[digit(x[i], shift)*group+uint32(l)]++
		}
	}
	g.Barrier()
	if l < radix {
		at := places[radix*g.Index()+l]
		for t := range group {
			c := next[l*group+t]
			next[l*group+t] = at
			at += c
		}
	}
	g.Barrier()
	for k := range own {
		if i := (g.Index()*group+l)*own + k; i < len(x) {
			key := x[i]
			d := digit(key, shift)*group + uint32(l)
			at := next[d]
			next[d] = at + 1
			y[at] = key
			if paired {
				w[at] = v[i]
			}
		}
	}
}

// Both kernels, for keys of 32 and of 64 bits.
var (
	digitsKernels  = [2]*kernels.Kernel{kernels.Define(digitsUint32Kernel), kernels.Define(digitsUint64Kernel)}
	scatterKernels = [2]*kernels.Kernel{kernels.Define(scatterUint32Kernel), kernels.Define(scatterUint64Kernel)}
)

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return append(digitsKernels[:], scatterKernels[:]...)
}

func groups(n int) int { return (n + elements - 1) / elements }

var spread = kernels.Footprint{Per: elements, Ragged: true}

// byType is the place in a pair of kernels of that for words of a type.
func byType(o kernels.Operand) int { return o.Type().Size()/4 - 1 }

func newDigits(shift int, x kernels.Operand, counts []uint32) kernels.Launch {
	l := kernels.NewLaunch(digitsKernels[byType(x)], groups(x.Len()))
	l.AddArg(x, spread)
	l.AddArg(kernels.Of[uint32](counts), kernels.Footprint{Per: radix})
	l.AddInt(shift)
	l.AddInt(x.Len())
	l.SetCost(kernels.Cost{Flops: 4 * elements, Bytes: elements * float64(x.Type().Size())})
	return l
}

// newScatter takes v and w that are empty unless there are numbers with the keys.
func newScatter(shift int, places []uint32, x, v, y, w kernels.Operand) kernels.Launch {
	paired, of := v.Len() > 0, kernels.Whole
	if paired {
		of = spread
	}
	l := kernels.NewLaunch(scatterKernels[byType(x)], groups(x.Len()))
	l.AddArg(kernels.Of[uint32](places), kernels.Footprint{Per: radix})
	l.AddArg(x, spread)
	l.AddArg(v, of)
	l.AddArg(y, kernels.Whole)
	l.AddArg(w, kernels.Whole)
	l.AddInt(shift)
	l.AddBool(paired)
	l.AddInt(x.Len())
	l.SetCost(kernels.Cost{Flops: 8 * elements, Bytes: 3 * elements * float64(x.Type().Size())})
	l.SetGrain(l.N())
	return l
}
