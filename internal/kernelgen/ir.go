package kernelgen

import (
	"go/constant"
	"go/token"
	"go/types"
)

// Kind is what a [Type] is at its top.
type Kind uint8

// The kinds of types. Int is Go's int, which is 32 bits wide on devices.
const (
	Bool Kind = iota
	Int
	Int32
	Uint32
	Int64
	Uint64
	Float32
	Float64
	Array
	Struct
)

// Type is a type of the kernel language.
type Type struct {
	Kind   Kind
	Len    int64   // of an array
	Elem   *Type   // of an array
	Name   string  // of a structure, unique in a kernel
	Fields []Field // of a structure
	Go     types.Type
}

// Field is a field of a structure.
type Field struct {
	Name   string // as in Go
	Type   *Type
	member string // in GLSL and CUDA C, unique in the structure
}

func (t *Type) isInteger() bool  { return t.Kind >= Int && t.Kind <= Uint64 }
func (t *Type) isFloat() bool    { return t.Kind == Float32 || t.Kind == Float64 }
func (t *Type) isScalar() bool   { return t.Kind < Array }
func (t *Type) isUnsigned() bool { return t.Kind == Uint32 || t.Kind == Uint64 }

// bits is the width of an integer type on devices.
func (t *Type) bits() int64 {
	if t.Kind == Int64 || t.Kind == Uint64 {
		return 64
	}
	return 32
}

// size is the number of bytes of an element of a buffer.
func (t *Type) size() int {
	switch t.Kind {
	case Int64, Uint64, Float64:
		return 8
	}
	return 4
}

// Var is a variable of a kernel or a device function. Its names in the three
// languages are chosen when it is made, so that no printer needs scopes.
type Var struct {
	Name   string // unique in its function, and free in all languages
	Type   *Type
	Index  int  // 1 to 3 for the kernel's first, second and third index
	Scalar bool // a scalar parameter of the kernel
	Shared bool // an array that the invocations of a work-group share
	// Stored says that it is only what the stores of a structure's numbers take them
	// from: on the host its value is stored as a whole, and it need not be.
	Stored bool
	// Writes counts assignments besides the declaration. A variable with none is
	// what it was declared as, which the analysis of subscripts uses.
	Writes int
	Init   Expr  // what it was declared as; nil for a loop's variable
	leads  *jump // for the variable of a jump: where those go that set it
	// Range is set for the variable of a loop that counts and
	// that its body does not assign to.
	Range *Range
}

// Range is what a loop's variable goes through: Lo <= v < Hi, in steps of Step up or
// down.
type Range struct {
	Lo, Hi Expr
	Step   int64
}

// Buffer is an array parameter of a kernel.
type Buffer struct {
	Name   string // unique in the kernel, and free in all languages
	Label  string // as in Go
	Elem   *Type
	Record *Type // of a slice of structures or arrays: an element, of numbers that are Elem
	Pos    token.Pos
	Number int
	Base   string // in Go, where its window begins
	Len    *Var   // the scalar that holds its length; nil if the kernel doesn't ask

	// Scatter says that the program answers for where it is written.
	Scatter bool

	sites  []*site
	Access accessKind
	Foot   footprint
}

// title is what texts for people call it: a parameter by its name, a field by its way.
func (b *Buffer) title() string {
	if b.Label == "" || b.Label == "_" {
		return b.Name
	}
	return b.Label
}

// Function is a device function.
type Function struct {
	Name    string // in GLSL and CUDA
	Obj     *types.Func
	Method  string // its name, if it is called of its first parameter
	Params  []*Var
	Results []*Type
	Body    []Stmt

	calls []*Function // in the order of their first call
	cost  float64

	inline *inlinable // set for one that is compiled into its callers
}

// Kernel is a kernel in the language of this package.
type Kernel struct {
	Name    string // of the Go function, and the types that it is for
	Title   string // the same, as messages and models have it: add.float32
	Launch  string // of the constructor, or noConstructor
	Doc     string
	Obj     *types.Func
	Pos     token.Pos
	Indices []*Var
	// Extents hold, for the second and third index, how many there are.
	Extents []*Var
	Params  []Param
	Buffers []*Buffer
	// Scalars are what a launch has as scalar arguments: the parameters,
	// taken apart, then lengths and extents.
	Scalars   []*Var
	Body      []Stmt
	Functions []*Function // all that it calls, callees first
	Structs   []*Type     // all that it has, members first

	Fold *Fold // of a reduction
	// Of a kernel for work-groups: how many invocations one has, the number of
	// an invocation in it, and the arrays that they share.
	Group int
	Local *Var
	// Subgroup and Lane are set where the kernel asks for them.
	Subgroup, Lane *Var
	Shared         []*Var
	// Undivided says that all indices must run on one device, because any of
	// them may write any element.
	Undivided bool
	Host      string // the function that is the Go variant instead of a generated one

	checks []check
	n      spaceOf
	names  *namer
	vars   map[string]*Var // variables by name, for polynomials
}

// Param is a parameter of the Go function after its indices.
type Param struct {
	Name   string // in Go, or "unused"
	Go     types.Type
	Buffer *Buffer // for a slice
	// Parts are the scalars that the parameter is passed as, and the arrays of
	// an aggregate, with the way to each: ".gain", "[2]".
	Parts     []Part
	Aggregate bool
}

// Part is a scalar of a parameter, or a slice with its type in Go.
type Part struct {
	Path   string
	Var    *Var
	Buffer *Buffer
	Go     types.Type
}

// Expr is an expression. Expressions have no effects; the order in which they are
// evaluated can't be seen.
type Expr interface{ typ() *Type }

// The expressions.
type (
	// Const is a constant.
	Const struct {
		T   *Type
		Val constant.Value
	}
	// Ref is the value of a variable.
	Ref struct{ Var *Var }
	// Load is an element of a buffer, or a number of one that has several: T is its
	// type then, and Steps lead to it.
	Load struct {
		Buffer *Buffer
		At     Expr
		Steps  []step
		T      *Type
		site   *site
	}
	// Length is the number of elements of a buffer.
	Length struct {
		Buffer *Buffer
		T      *Type
	}
	// Binary is an operation on two operands of one type; shifts may have
	// another on the right.
	Binary struct {
		T    *Type
		Op   token.Token
		X, Y Expr
	}
	// Unary is -x, ^x or !x.
	Unary struct {
		T  *Type
		Op token.Token
		X  Expr
	}
	// Convert is a conversion between numbers.
	Convert struct {
		T *Type
		X Expr
	}
	// Call is a call of a device function with one result.
	Call struct {
		T    *Type
		Fn   *Function
		Args []Expr
	}
	// Builtin is a function that every language has in its own way.
	Builtin struct {
		T    *Type
		Fn   *builtin
		Args []Expr
	}
	// Select is a field of a structure.
	Select struct {
		X     Expr
		Field int
	}
	// At is an element of an array.
	At struct {
		X, At Expr
	}
	// Composite is a structure or an array with all its members.
	Composite struct {
		T     *Type
		Elems []Expr
		place *Load // where in a buffer all of it is; nil if it is made of others
	}
)

func (e *Const) typ() *Type     { return e.T }
func (e *Ref) typ() *Type       { return e.Var.Type }
func (e *Length) typ() *Type    { return e.T }
func (e *Binary) typ() *Type    { return e.T }
func (e *Unary) typ() *Type     { return e.T }
func (e *Convert) typ() *Type   { return e.T }
func (e *Call) typ() *Type      { return e.T }
func (e *Builtin) typ() *Type   { return e.T }
func (e *Select) typ() *Type    { return e.X.typ().Fields[e.Field].Type }
func (e *At) typ() *Type        { return e.X.typ().Elem }
func (e *Composite) typ() *Type { return e.T }

func (e *Load) typ() *Type {
	if e.T != nil {
		return e.T
	}
	return e.Buffer.Elem
}

// Stmt is a statement.
type Stmt interface{ stmt() }

// The statements.
type (
	// Declare makes a variable. Without Init it is zero.
	Declare struct {
		Var  *Var
		Init Expr
	}
	// Assign stores a value: To is a Ref, a Load (for a store), a Select or
	// an At.
	Assign struct {
		To, Value Expr
		pos       token.Pos // of a store
		// all is, in the first of the stores of a structure's numbers, the whole: on
		// the host the others, which are a part of it, are none.
		all  *Assign
		part bool
	}
	// CallMany calls a function with several results; a nil destination
	// drops one.
	CallMany struct {
		To   []*Var
		Fn   *Function
		Mul  *builtin // instead of Fn
		Args []Expr
	}
	// If has conditions and arms; Else may be nil.
	If struct {
		Cond       Expr
		Then, Else []Stmt
	}
	// For is Go's loop; any part may be nil. Post is one simple assignment.
	For struct {
		Var  *Var // declared by the loop
		Init Expr
		Cond Expr
		Post *Assign
		Body []Stmt
		// Turns is an upper bound of the iterations; nil if none is known.
		Turns *poly
		from  *enclosing
	}
	// Switch is what a break inside leaves: the arms themselves are Ifs.
	Switch struct {
		Body []Stmt
		from *enclosing
	}
	// Break leaves the innermost For or Switch.
	Break struct {
		leads *jump // where it is on its way to; nil if it has arrived
	}
	// Continue goes on with the innermost For.
	Continue struct{}
	// Return leaves the function; a kernel's has no results.
	Return struct{ Results []Expr }
)

func (*Declare) stmt()  {}
func (*Assign) stmt()   {}
func (*CallMany) stmt() {}
func (*If) stmt()       {}
func (*For) stmt()      {}
func (*Switch) stmt()   {}
func (*Break) stmt()    {}
func (*Continue) stmt() {}
func (*Return) stmt()   {}
