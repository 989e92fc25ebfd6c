package expr

import (
	"math"

	"github.com/tandem-go/tandem/kernels"
)

// Element is what arrays and numbers of an expression can be.
type Element interface {
	float32 | float64 | int32 | uint32 | int64 | uint64
}

// Float is what functions such as [Sqrt] are for.
type Float = kernels.Float

// Integer is what [And], [Shl] and their kin are for.
type Integer interface {
	int32 | uint32 | int64 | uint64
}

// Expr is a number for each index of arrays of one length: an array, a number
// that is the same everywhere, or an operation on others. It is immutable and
// small; copies are the same expression, and what is used twice is computed once.
// It refers to its arrays, whose content is read when a launch runs.
//
// The zero Expr is a mistake that the launch answers.
type Expr[T Element] struct{ n *node }

// Bool is a condition for each index; see [Where] and [Count].
type Bool struct{ n *node }

// Of is the elements of a slice or a resident buffer.
func Of[T Element, V kernels.Vector[T]](v V) Expr[T] { return Named[T]("", v) }

// Named is [Of] with a name for messages.
func Named[T Element, V kernels.Vector[T]](name string, v V) Expr[T] {
	return Expr[T]{&node{op: opArray, typ: kindOf[T](), array: kernels.Of[T](v), name: name}}
}

// Scalar is v at every index. Expressions that differ in the values of scalars have
// one structure, so that a launch with another value compiles nothing.
func Scalar[T Element](v T) Expr[T] {
	return Expr[T]{&node{op: opScalar, typ: kindOf[T](), bits: bitsOf(v)}}
}

// Add is x + y. Integers wrap, as in Go.
func (x Expr[T]) Add(y Expr[T]) Expr[T] { return binary(opAdd, x, y) }

// Sub is x - y.
func (x Expr[T]) Sub(y Expr[T]) Expr[T] { return binary(opSub, x, y) }

// Mul is x * y. A product and a sum are rounded one after the other, on every
// device.
func (x Expr[T]) Mul(y Expr[T]) Expr[T] { return binary(opMul, x, y) }

// Div is x / y. An integer divided by 0 is 0, and the least integer divided by -1
// is itself, on every device.
func (x Expr[T]) Div(y Expr[T]) Expr[T] { return binary(opDiv, x, y) }

// Min is the lesser of x and y, as Go's built-in min: NaN if one of them is, and
// -0 below 0.
func (x Expr[T]) Min(y Expr[T]) Expr[T] { return binary(opMin, x, y) }

// Max is the greater of x and y, as Go's built-in max: NaN if one of them is, and
// 0 above -0.
func (x Expr[T]) Max(y Expr[T]) Expr[T] { return binary(opMax, x, y) }

// AddConst is x + c.
func (x Expr[T]) AddConst(c T) Expr[T] { return x.Add(Scalar(c)) }

// Scale is c * x.
func (x Expr[T]) Scale(c T) Expr[T] { return x.Mul(Scalar(c)) }

// Square is x * x.
func (x Expr[T]) Square() Expr[T] { return x.Mul(x) }

// Neg is -x.
func (x Expr[T]) Neg() Expr[T] { return unary(opNeg, x) }

// Abs is the magnitude of x. That of the least signed integer is itself.
func (x Expr[T]) Abs() Expr[T] { return unary(opAbs, x) }

// Less is x < y, as all comparisons false where one of them is NaN.
func (x Expr[T]) Less(y Expr[T]) Bool { return compare(opLess, x, y) }

// LessEqual is x <= y.
func (x Expr[T]) LessEqual(y Expr[T]) Bool { return compare(opLessEqual, x, y) }

// Greater is x > y.
func (x Expr[T]) Greater(y Expr[T]) Bool { return compare(opLess, y, x) }

// GreaterEqual is x >= y.
func (x Expr[T]) GreaterEqual(y Expr[T]) Bool { return compare(opLessEqual, y, x) }

// Equal is x == y.
func (x Expr[T]) Equal(y Expr[T]) Bool { return compare(opEqual, x, y) }

// NotEqual is x != y, true where one of them is NaN: x.NotEqual(x) finds NaN.
func (x Expr[T]) NotEqual(y Expr[T]) Bool { return compare(opNotEqual, x, y) }

// And is true where both are.
func (c Bool) And(d Bool) Bool { return logic(opAnd, c, d) }

// Or is true where one of them is.
func (c Bool) Or(d Bool) Bool { return logic(opOr, c, d) }

// Xor is true where the two differ.
func (c Bool) Xor(d Bool) Bool { return logic(opXor, c, d) }

// Not is true where c is false.
func (c Bool) Not() Bool {
	if c.n == nil {
		return c
	}
	return Bool{newNode(opNot, c.n.typ, c.n)}
}

// Where is x where c is true, and y elsewhere. Both are computed everywhere.
func Where[T Element](c Bool, x, y Expr[T]) Expr[T] {
	return Expr[T]{newNode(opWhere, kindOf[T](), resized(c.n, kindOf[T]().mask()), x.n, y.n)}
}

// Convert is x as another type, by Go's rules. A float that the integer type has no
// number for gives any number.
func Convert[U, T Element](x Expr[T]) Expr[U] {
	if kindOf[U]() == kindOf[T]() {
		return Expr[U](x)
	}
	return Expr[U]{newNode(opConvert, kindOf[U](), x.n)}
}

// Sqrt is the square root of x, NaN where x is negative.
func Sqrt[T Float](x Expr[T]) Expr[T] { return unary(opSqrt, x) }

// Floor is the greatest whole number not above x.
func Floor[T Float](x Expr[T]) Expr[T] { return unary(opFloor, x) }

// Ceil is the least whole number not below x.
func Ceil[T Float](x Expr[T]) Expr[T] { return unary(opCeil, x) }

// Trunc is x without its fraction.
func Trunc[T Float](x Expr[T]) Expr[T] { return unary(opTrunc, x) }

// RoundToEven is the whole number nearest to x, the even one of two.
func RoundToEven[T Float](x Expr[T]) Expr[T] { return unary(opRound, x) }

// Exp is e^x, with the special cases and the errors of [kernels.Exp].
func Exp[T Float](x Expr[T]) Expr[T] { return unary(opExp, x) }

// Log is the natural logarithm of x, with the special cases and the errors of
// [kernels.Log].
func Log[T Float](x Expr[T]) Expr[T] { return unary(opLog, x) }

// Tanh is the hyperbolic tangent of x, with the special cases and the errors of
// [kernels.Tanh].
func Tanh[T Float](x Expr[T]) Expr[T] { return unary(opTanh, x) }

// Rem is the remainder of x / y, with the sign of x; where y is 0 it is x.
func Rem[T Integer](x, y Expr[T]) Expr[T] { return binary(opRem, x, y) }

// And is x & y.
func And[T Integer](x, y Expr[T]) Expr[T] { return binary(opAnd, x, y) }

// Or is x | y.
func Or[T Integer](x, y Expr[T]) Expr[T] { return binary(opOr, x, y) }

// Xor is x ^ y.
func Xor[T Integer](x, y Expr[T]) Expr[T] { return binary(opXor, x, y) }

// Not is ^x.
func Not[T Integer](x Expr[T]) Expr[T] { return unary(opNot, x) }

// Shl is x << s. A count that is negative, or not below the number of bits, shifts
// everything out.
func Shl[T Integer](x, s Expr[T]) Expr[T] { return binary(opShl, x, s) }

// Shr is x >> s, with x's sign for signed integers. A count that is negative, or not
// below the number of bits, shifts everything out.
func Shr[T Integer](x, s Expr[T]) Expr[T] { return binary(opShr, x, s) }

func unary[T Element](o op, x Expr[T]) Expr[T] { return Expr[T]{newNode(o, kindOf[T](), x.n)} }

func binary[T Element](o op, x, y Expr[T]) Expr[T] {
	return Expr[T]{newNode(o, kindOf[T](), x.n, y.n)}
}

func compare[T Element](o op, x, y Expr[T]) Bool {
	return Bool{newNode(o, kindOf[T]().mask(), x.n, y.n)}
}

// logic computes on masks of the wider of both sizes.
func logic(o op, c, d Bool) Bool {
	if c.n == nil || d.n == nil {
		return Bool{}
	}
	k := max(c.n.typ, d.n.typ)
	return Bool{newNode(o, k, resized(c.n, k), resized(d.n, k))}
}

func bitsOf[T Element](v T) uint64 {
	switch v := any(v).(type) {
	case float32:
		return uint64(math.Float32bits(v))
	case float64:
		return math.Float64bits(v)
	case int32:
		return uint64(uint32(v))
	case uint32:
		return uint64(v)
	case int64:
		return uint64(v)
	case uint64:
		return v
	}
	panic("expr: BUG: an element of an unknown type")
}
