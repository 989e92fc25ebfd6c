package steal_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/tandem-go/tandem/steal"
)

// call is one operation on a Range, given is what it returned.
type call struct {
	op   string
	a, b uint32
}

type given struct {
	lo, hi uint32
	ok     bool
}

// rangeModel is a Range as a sequential machine. Where a result is empty only
// that counts, since the position of nothing has no meaning.
var rangeModel = porcupine.Model{
	Init: func() any { return model{} },
	Step: func(state, input, output any) (bool, any) {
		m, in, out := state.(model), input.(call), output.(given)
		var want given
		switch in.op {
		case "put":
			want.ok = m.put(in.a, in.b)
		case "front":
			want.lo, want.hi = m.front(in.a)
		case "back":
			want.lo, want.hi = m.back(in.a)
		case "half":
			want.lo, want.hi = m.half()
		}
		if want.lo == want.hi && out.lo == out.hi {
			return want.ok == out.ok, m
		}
		return want == out, m
	},
}

func TestRangeIsLinearizable(t *testing.T) {
	random := seeded(t)
	for range 100 {
		var r steal.Range
		h := newHistory()
		var wg sync.WaitGroup
		for client := range 3 {
			random := rand.New(rand.NewPCG(random.Uint64(), 0))
			wg.Go(func() {
				for range 12 {
					n := random.Uint32N(4)
					switch op := random.IntN(3); {
					case client == 0 && op == 0:
						h.do(client, call{"put", n, n + 9}, func() any { return given{ok: r.Put(n, n+9)} })
					case client == 0:
						h.do(client, call{"front", n, 0}, func() any {
							lo, hi := r.TakeFront(n)
							return given{lo: lo, hi: hi}
						})
					case op == 0:
						h.do(client, call{"half", 0, 0}, func() any {
							lo, hi := r.StealHalf()
							return given{lo: lo, hi: hi}
						})
					default:
						h.do(client, call{"back", n, 0}, func() any {
							lo, hi := r.TakeBack(n)
							return given{lo: lo, hi: hi}
						})
					}
				}
			})
		}
		wg.Wait()
		h.check(t, rangeModel)
	}
}
