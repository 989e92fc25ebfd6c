package expr

import (
	"fmt"
	"math"

	"github.com/tandem-go/tandem/kernels"
)

// define makes the kernel of a structure.
func define(key string) *kernels.Kernel {
	as, steps := decode(key)
	root := steps[len(steps)-1].typ
	k := kernels.Kernel{
		Name:      nameOf(as, key, root),
		Transient: true,
		Go:        compile(as, steps).call,
		Reduction: as.reduction(root),
	}
	for _, s := range steps {
		switch s.op {
		case opArray:
			k.Params = append(k.Params, kernels.Param{Name: arrayName(len(k.Params)), Type: kernels.Type(s.typ), Access: kernels.In})
		case opScalar:
			k.Scalars = append(k.Scalars, kernels.Scalar{Name: scalarName(len(k.Scalars)), Type: kernels.Type(s.typ)})
		}
		switch s.typ {
		case float64s:
			k.Needs |= kernels.NeedsFloat64
		case int64s, uint64s:
			k.Needs |= kernels.NeedsInt64
		}
	}
	if as == foldNothing {
		k.Params = append(k.Params, kernels.Param{Name: "dst", Type: kernels.Type(root), Access: kernels.Out})
	}
	k.GLSL, k.CUDA = shader(as, steps), function(as, steps)
	return kernels.Define(k)
}

func arrayName(i int) string  { return fmt.Sprintf("x%d", i) }
func scalarName(i int) string { return fmt.Sprintf("s%d", i) }

// addScalar adds the next scalar from its bits.
func addScalar(l *kernels.Launch, t kernels.Type, bits uint64) {
	switch t {
	case kernels.Float32:
		l.AddFloat(float64(math.Float32frombits(uint32(bits))))
	case kernels.Float64:
		l.AddFloat(math.Float64frombits(bits))
	case kernels.Int32:
		l.AddInt(int(int32(bits)))
	case kernels.Uint32:
		l.AddUint32(uint32(bits))
	case kernels.Int64:
		l.AddInt64(int64(bits))
	case kernels.Uint64:
		l.AddUint64(bits)
	}
}

// scalarBits is scalar i of a call.
func scalarBits(c *kernels.Call, k kind, i int) uint64 {
	switch k {
	case float32s:
		return uint64(math.Float32bits(c.Float32(i)))
	case float64s:
		return math.Float64bits(c.Float64(i))
	case int32s:
		return uint64(uint32(c.Int(i)))
	case uint32s:
		return uint64(c.Uint(i))
	}
	return c.Uint64(i)
}
