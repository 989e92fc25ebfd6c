//go:build !race

package expr_test

import (
	"testing"

	"github.com/tandem-go/tandem/expr"
)

// TestAllocations: building an expression allocates its nodes, one for each array,
// number and operation; finding its kernel and running it allocates nothing.
// (Under the race detector pools drop what they are given.)
func TestAllocations(t *testing.T) {
	x, y, z := ramp[float32](100), ramp[float32](100), make([]float32, 100)
	e := expr.Of[float32](x).Sub(expr.Of[float32](y)).Square().Scale(3)
	sum := new(float32)
	for name, f := range map[string]func(){
		"store": func() { l := expr.Store(z, e); l.Run(0, 100) },
		"sum":   func() { l := expr.Sum(sum, e); l.Run(0, 100) },
	} {
		f()
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		_ = expr.Of[float32](x).Sub(expr.Of[float32](y)).Square().Scale(3)
	}); n > 6 {
		t.Errorf("building six nodes: %v allocations", n)
	}
}
