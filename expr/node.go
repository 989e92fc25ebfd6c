package expr

import "github.com/tandem-go/tandem/kernels"

// kind is the type of a node's value: a type of elements, or a condition, which on
// the CPU is a mask of all ones or all zeros as wide as the numbers that it was
// made of.
type kind uint8

// The first ones are those of package kernels.
const (
	float32s = kind(kernels.Float32)
	float64s = kind(kernels.Float64)
	int32s   = kind(kernels.Int32)
	uint32s  = kind(kernels.Uint32)
	int64s   = kind(kernels.Int64)
	uint64s  = kind(kernels.Uint64)
	mask32   = uint64s + 1
	mask64   = uint64s + 2
	kinds    = uint64s + 3
)

func (k kind) size() int {
	switch k {
	case mask32:
		return 4
	case mask64:
		return 8
	}
	return kernels.Type(k).Size()
}

func (k kind) isMask() bool  { return k >= mask32 }
func (k kind) isFloat() bool { return k <= float64s }

// mask is the condition as wide as k.
func (k kind) mask() kind {
	if k.size() == 4 {
		return mask32
	}
	return mask64
}

// unsigned is the integer without a sign as wide as k.
func (k kind) unsigned() kind {
	if k.size() == 4 {
		return uint32s
	}
	return uint64s
}

func kindOf[T Element]() kind {
	var zero T
	switch any(zero).(type) {
	case float32:
		return float32s
	case float64:
		return float64s
	case int32:
		return int32s
	case uint32:
		return uint32s
	case int64:
		return int64s
	}
	return uint64s
}

// node is a vertex of the graph that expressions share. It is immutable.
type node struct {
	op    op
	typ   kind
	depth int32 // of what it is made of: 0 for arrays and scalars
	bad   bool  // a zero Expr is in it
	args  [3]*node

	array kernels.Operand // of opArray
	name  string
	bits  uint64 // of opScalar
}

func newNode(o op, typ kind, args ...*node) *node {
	n := &node{op: o, typ: typ}
	copy(n.args[:], args)
	for _, a := range args {
		if a == nil {
			n.bad = true
			continue
		}
		n.bad = n.bad || a.bad
		n.depth = max(n.depth, a.depth+1)
	}
	return n
}

// resized is a condition in another width.
func resized(c *node, k kind) *node {
	if c == nil || c.typ == k {
		return c
	}
	return newNode(opConvert, k, c)
}

// String is the name of the type.
func (k kind) String() string {
	if k.isMask() {
		return "bool"
	}
	return kernels.Type(k).String()
}
