package kernels

import (
	_ "embed"
	"fmt"
	"math"
)

// A reduction's shader is a grid of at most reduceGroups work-groups, each of
// reduceLanes invocations. An invocation folds every element that is a whole
// grid away from its first one; then the work-group joins what its invocations
// have as a tree in shared memory. The order is fixed by the number of indices.
//
// 1024 groups keep every multiprocessor of the largest GPUs busy, and their
// results are a few pages to bring back. An invocation gets reduceTurns elements
// before there are more groups: the barriers of the tree are what costs most on
// llvmpipe, where a million numbers took 3 to 10 times as long with one element
// each (Mesa 22.3.6).
const (
	reduceLanes  = 128
	reduceGroups = 1024
	reduceTurns  = 64
)

//go:embed reduce.glsl
var reduceText string

// reduceShader is the shader of a reduction whose text defines STATE (a struct
// with the value of a part), nothing(), include(inout STATE, uint at), where at
// is an index of the dispatch, join(inout STATE, STATE) for the value of a part
// behind it, and store(STATE, uint to), which writes words of tandem_partial.
// states and words are the sizes, in 32-bit words, of a STATE in shared memory
// and of what is stored.
func reduceShader(text string, states, words int) *Shader {
	return &Shader{
		Text:         text + "\n#line 1\n" + reduceText,
		Local:        [3]int{reduceLanes},
		SharedMemory: 4 * states * reduceLanes,
		PartialWords: words,
		Groups: func(_ *Launch, n int) [3]int {
			return [3]int{min(reduceGroups, ceilDiv(n, reduceLanes*reduceTurns)), 1, 1}
		},
		Iterations: func(_ *Launch, n int) int64 {
			// As many groups as keep an invocation within reduceTurns, as long as there are any.
			return int64(max(min(reduceTurns, ceilDiv(n, reduceLanes)), ceilDiv(n, reduceLanes*reduceGroups))) + 16 // and the turns of the tree
		},
	}
}

// lanes is how many numbers of the type a device moves at once: 16 bytes.
func (t Type) lanes() int { return 16 / t.Size() }

// The blocks of reduce.cu, with loads as in map.cu. For sm_90 the threads take 26 to
// 36 registers, so that reduceGroups blocks are on the multiprocessors of a large
// GPU at once. Launches of fewer than foldTiles tiles for each of those get fewer
// blocks: what a block leaves has to be brought back and decoded. A million numbers
// are 128 blocks, about one for each of 132 multiprocessors.
const (
	foldBlock   = 256
	foldVectors = 2
	foldTiles   = 4
)

// reduceFunction is reduce.cu for the operands given, behind files that define
// State and its functions. words is the size, in 32-bit words, of what a block
// stores.
func reduceFunction(t Type, definitions string, words int, operands []string, files ...string) *Function {
	definitions += "\n"
	for i, name := range operands {
		definitions += fmt.Sprintf("#define OPERAND_%d %s\n", i+1, name)
	}
	files = append(append([]string{"vector.cu"}, files...), "reduce.cu")
	return &Function{
		Text:         cudaText(definitions, files...),
		Block:        [3]int{foldBlock},
		PartialWords: words,
		Groups: func(_ *Launch, n int) [3]int {
			// Each block has an element: the tiles begin at or before the first.
			return [3]int{min(reduceGroups, ceilDiv(n, foldBlock*foldVectors*foldTiles*t.lanes())), 1, 1}
		},
	}
}

// newReduction starts a launch that stores its value in *result, which is a
// pointer to the type of x's elements.
func newReduction[T Float](k pair, result *T, x Operand) Launch {
	l := NewLaunch(k.of(x.typ), x.n)
	if result == nil {
		l.Fail("result", ErrNil)
	}
	l.SetResult(result, nil)
	return l
}

// storeFloat is the end of every reduction: the value is rounded to its type.
func storeFloat(value any, v float64) {
	switch p := value.(type) {
	case *float32:
		*p = float32(v)
	case *float64:
		*p = v
	}
}

// float is the number of type t that stands at the beginning of words, and the
// words behind it.
func float(t Type, words []uint32) (float64, []uint32) {
	if t == Float64 {
		return math.Float64frombits(uint64(words[0]) | uint64(words[1])<<32), words[2:]
	}
	return float64(math.Float32frombits(words[0])), words[1:]
}
