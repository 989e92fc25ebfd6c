package expr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestEveryTileInstruction runs each instruction of the tiles' machine, with the
// accumulator on each side, in whole tiles and in halves, and compares with blocks.
func TestEveryTileInstruction(t *testing.T) {
	if !haveTiles {
		t.Skip("this processor, or this build, has no machine for tiles")
	}
	rng := rand.New(rand.NewPCG(kerneltest.Seed(t), 2))
	const n = 3*64 + 5
	leaves := map[kind][3]*node{}
	leaves[float32s], leaves[float64s] = leavesOf[float32](rng, n), leavesOf[float64](rng, n)
	leaves[int32s], leaves[uint32s] = leavesOf[int32](rng, n), leavesOf[uint32](rng, n)
	leaves[int64s], leaves[uint64s] = leavesOf[int64](rng, n), leavesOf[uint64](rng, n)
	var met [tileOps]bool
	for o := opAdd; o < ops; o++ {
		for k := float32s; k < mask32; k++ {
			for _, e := range formsOf(o, k, leaves) {
				for as, e := range foldsOf(e, leaves) {
					steps, err := tilesAndBlocks(as.fold, e, n)
					if err != nil {
						t.Errorf("%v of operation %d on %v: %v", as.fold, o, k, err)
					}
					for _, s := range steps {
						met[s.op] = true
					}
				}
			}
		}
	}
	for o, seen := range met {
		// Streams take the place of stores when the program runs.
		if op := tileOp(o); !seen && op != tileTurn && op != tileStream && op != tileStream+1 {
			t.Errorf("instruction %d was never run", o)
		}
	}
}

// leavesOf are arrays of small numbers, which all types have, and for the last of both
// signs.
func leavesOf[T Element](rng *rand.Rand, n int) (leaves [3]*node) {
	for i := range leaves {
		x := make([]T, n)
		for j := range x {
			x[j] = T(rng.IntN(40))
			if k := kindOf[T](); k != k.unsigned() && i == 2 {
				x[j] -= 20
			}
		}
		leaves[i] = Of[T](x).n
	}
	return leaves
}

// formsOf are uses of an operation on values of a type, in which these are in the
// accumulator or not.
func formsOf(o op, k kind, leaves map[kind][3]*node) (all []*node) {
	x, y, z := leaves[k][0], leaves[k][1], leaves[k][2]
	nx, nz := newNode(opNeg, k, newNode(opNeg, k, x)), newNode(opNeg, k, newNode(opNeg, k, z))
	if o == opConvert {
		for to := float32s; to < mask32; to++ {
			if to == k {
				continue
			}
			all = append(all, newNode(o, to, x), newNode(o, to, nx))
			if to.isFloat() || !k.isFloat() || to != to.unsigned() { // a float below 0 is any unsigned number
				all = append(all, newNode(o, to, z))
			}
		}
		return all
	}
	condition := newNode(opLess, k.mask(), x, y)
	switch o.arity() {
	case 1:
		if loops[o][k] != nil {
			all = append(all, newNode(o, k, z), newNode(o, k, nz))
		}
	case 2:
		typ := k
		if o >= opLess && o <= opNotEqual {
			typ = k.mask()
		}
		if loops[o][k] == nil {
			return nil
		}
		for _, args := range [][2]*node{{x, y}, {nx, y}, {x, newNode(opNeg, k, newNode(opNeg, k, y))}, {nx, nx}, {y, z}, {nz, y}, {y, nz}} {
			if shift := o == opShl || o == opShr; !shift || args[1] != z && args[1] != nz {
				all = append(all, newNode(o, typ, args[0], args[1]))
			}
		}
		if o == opAnd || o == opOr || o == opXor {
			all = append(all, newNode(o, k.mask(), condition, newNode(opEqual, k.mask(), y, z)))
		}
	case 3:
		all = append(all, newNode(o, k, condition, x, z), newNode(o, k, condition, nx, z), newNode(o, k, condition, x, nz), newNode(o, k, condition, nx, nx))
	}
	if o == opNot {
		all = append(all, newNode(o, k.mask(), condition))
	}
	return all
}

// use is what becomes of an expression, alone or among numbers of 8 bytes.
type use struct {
	fold fold
	half bool
}

func foldsOf(e *node, leaves map[kind][3]*node) map[use]*node {
	switch {
	case e.typ.isMask():
		k := int32s
		if e.typ == mask64 {
			k = int64s
		}
		stored := newNode(opWhere, k, e, leaves[k][0], leaves[k][1])
		return map[use]*node{
			{foldNothing, false}: stored,
			{foldNothing, true}:  newNode(opConvert, float64s, newNode(opWhere, int32s, resized(e, mask32), leaves[int32s][0], leaves[int32s][1])),
			{foldCount, false}:   e,
			{foldCount, true}:    newNode(opAnd, mask32, resized(e, mask32), resized(newNode(opLess, mask64, leaves[int64s][0], leaves[int64s][1]), mask32)),
		}
	case e.typ.size() == 8:
		return map[use]*node{{foldNothing, false}: e, {foldSum, false}: e, {foldMax, false}: e}
	}
	among := newNode(opAdd, e.typ, e, newNode(opConvert, e.typ, leaves[float64s][0]))
	return map[use]*node{
		{foldNothing, false}: e, {foldSum, false}: e, {foldMin, false}: e,
		{foldNothing, true}: newNode(opConvert, float64s, e), {foldSum, true}: among, {foldMax, true}: among,
	}
}

// tilesAndBlocks compares both, and returns the instructions for tiles.
func tilesAndBlocks(as fold, e *node, n int) ([]tileStep, error) {
	var f flattening
	if _, err := f.add(e, MaxArrays-1); err != nil {
		return nil, err
	}
	key := string(f.encode(as))
	p := compile(decode(key))
	steps := slices.Clone(p.tileSteps)
	blocks := compile(decode(key))
	blocks.tileSteps = nil
	var results [2][]uint64
	for i, p := range []*program{p, blocks} {
		k := *define(key)
		k.Go = p.call
		l := kernels.NewLaunch(kernels.Define(k), n)
		f.bind(&l, n)
		stored := outputOf(e.typ, n)
		switch as {
		case foldNothing:
			l.AddArg(stored.operand, kernels.Elementwise)
		case foldCount:
			l.SetResult(new(int), nil)
		default:
			l.SetResult(stored.first, nil)
		}
		if err := l.Err(); err != nil {
			return nil, err
		}
		results[i] = []uint64{math.Float64bits(l.Run(0, n)[0])}
		results[i] = append(results[i], stored.bits()...)
	}
	for i := range results[0] {
		if results[0][i] != results[1][i] {
			return steps, fmt.Errorf("%d: %#x by tiles, %#x by blocks", i-1, results[0][i], results[1][i])
		}
	}
	return steps, nil
}

// output is where an expression is stored.
type output struct {
	operand kernels.Operand
	first   any
	bits    func() []uint64
}

func outputOf(k kind, n int) output {
	switch k {
	case float32s:
		return outputFor[float32](n)
	case float64s:
		return outputFor[float64](n)
	case uint32s:
		return outputFor[uint32](n)
	case int64s:
		return outputFor[int64](n)
	case uint64s:
		return outputFor[uint64](n)
	}
	return outputFor[int32](n)
}

func outputFor[T Element](n int) output {
	x := make([]T, n)
	return output{kernels.Of[T](x), &x[0], func() []uint64 {
		all := make([]uint64, n)
		for i, v := range x {
			all[i] = bitsOf(v)
		}
		return all
	}}
}
