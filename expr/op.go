package expr

// op is an operation on the values of an index.
type op uint8

// The first two are leaves.
const (
	opArray op = iota
	opScalar
	opAdd
	opSub
	opMul
	opDiv
	opRem
	opMin
	opMax
	opNeg
	opAbs
	opSqrt
	opFloor
	opCeil
	opTrunc
	opRound
	opExp
	opLog
	opTanh
	opAnd
	opOr
	opXor
	opNot
	opShl
	opShr
	opLess
	opLessEqual
	opEqual
	opNotEqual
	opWhere
	opConvert
	ops
)

// flops is what an operation counts for in the cost of an index, as package
// kernels counts its own.
func (o op) flops() float64 {
	switch o {
	case opArray, opScalar:
		return 0
	case opSqrt:
		return 5
	case opExp:
		return 20
	case opLog:
		return 25
	case opTanh:
		return 30
	}
	return 1
}
