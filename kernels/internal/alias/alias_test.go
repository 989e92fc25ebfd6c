package alias

import "testing"

func TestOverlap(t *testing.T) {
	x := make([]int32, 10)
	for _, c := range []struct {
		a, b             []int32
		overlap, inexact bool
	}{
		{x, x, true, false},
		{x[:5], x[5:], false, false},
		{x[:6], x[5:], true, true},
		{x[:4], x[:5], true, true},
		{x[:9], x[1:], true, true},
		{x[2:4], x, true, true},
		{nil, x, false, false},
		{x[3:3], x, false, false},
		{make([]int32, 10), x, false, false},
	} {
		if Overlap(c.a, c.b) != c.overlap || Overlap(c.b, c.a) != c.overlap || Inexact(c.a, c.b) != c.inexact {
			t.Errorf("%v and %v", c.a, c.b)
		}
		if len(c.a) == len(c.b) && (Apart(c.a, c.b) == c.inexact || Apart(c.b, c.a) == c.inexact) {
			t.Errorf("%v and %v, of one length", c.a, c.b)
		}
	}
	if Overlap(x, []int64(nil)) {
		t.Error("a nil slice overlaps")
	}
}
