package sample

import "github.com/tandem-go/tandem/kernels"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// Each of these kernels was once compiled wrongly, for some device or for the host.

// renewed assigns to a variable where it declares another.
//
//tandem:kernel
func renewed(i int, x, y []int32) {
	a := x[i]
	a, b := a+1, a
	y[i] = a ^ b
}

// stepped has a variable that only the step of a loop reads.
//
//tandem:kernel
func stepped(i int, x, y []int32) {
	by, sum := x[i]&3+1, int32(0)
	//tandem:turns 10
	for j := int32(0); j < 10; j += by {
		sum += j
	}
	y[i] = sum
}

//tandem:device
func scaled(x []float32, i int, by float32) float32 { return x[i]*(by/2) + (by + 1e-3 - by) }

//tandem:device
func wrapped(x []uint32, i int, k uint32) uint32 {
	if k == 0 {
		return 5
	}
	return x[i]/k + k*k>>16 + (k - 60001)
}

// constant calls functions with slices with constants, which are numbers of their type.
//
//tandem:kernel
func constant(i int, x []float32, z []uint32, y []float32, w []uint32) {
	y[i] = scaled(x, i, 1) + scaled(x, i, 1e6)
	w[i] = wrapped(z, i, 60000) + wrapped(z, i, 0)
	for j := uint32(0); j < 1 && scaled(x, i, 3) > 0; j++ {
		w[i]++
	}
}

// behind reads an element behind a loop whose condition reads it.
//
//tandem:kernel
func behind(i int, x, y []int32) {
	sum := int32(0)
	//tandem:turns 8
	for j := int32(0); j < x[i]&7; j++ {
		sum += j
	}
	//tandem:turns 8
	for t := int32(0); ; t++ {
		if t >= x[i]&7 {
			break
		}
		sum ^= t
	}
	y[i] = x[i]*10 + sum
}

// skipped goes on from several places with a loop whose step reads what it writes.
//
//tandem:kernel
func skipped(i int, x, y []float32) {
	sum := float32(0)
	//tandem:turns 3
	for j := 0; j < 3; j, sum = j+1, sum+y[i] {
		if x[i] > 0 {
			continue
		}
		y[i] = 5
	}
	y[i] = sum
}

type handed struct {
	a int32
	b [2]int32
}

// handing has structures go from one invocation to the next.
//
//tandem:kernel
//tandem:group 64
func handing(g kernels.Group, x, y []int32) {
	l := g.Local()
	held := kernels.Shared[[64]handed](g)
	held[l] = handed{x[g.Global()], [2]int32{int32(l), 3}}
	g.Barrier()
	next := held[(l+1)&63]
	g.Barrier()
	held[l] = next
	g.Barrier()
	y[g.Global()] = held[l].a + held[(l+7)&63].b[0]
}

// Names of fields and types that would meet those that are made.
type (
	pole          struct{ x, x_v, in, in_v float32 }
	pole_of       struct{ a, a_ int32 }
	array_float_3 struct{ v [3]float32 }
)

// meeting uses them.
//
//tandem:kernel
func meeting(i int, x, y []float32) {
	p := pole{x[i], 1, 2, x[i]}
	q := pole_of{1, int32(i)}
	r := array_float_3{[3]float32{x[i], p.in, p.in_v}}
	v := [3]float32{p.x, p.x_v, float32(q.a + q.a_)}
	p.x_v += p.x
	y[i] = p.x_v + r.v[q.a] + v[q.a&1]
}
