package steal_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/tandem-go/tandem/steal"
)

// moved is what an operation on a Split returned: a position and whether there
// was one, or how many are shared.
type moved struct {
	n  int
	ok bool
}

// splitHistory is a Split's model for histories. A theft may also lose against
// another one, and then changes nothing.
var splitHistory = porcupine.Model{
	Init: func() any { return newSplitModel() },
	Step: func(state, input, output any) (bool, any) {
		m, out := state.(splitModel), output.(moved)
		var want moved
		switch input.(string) {
		case "push":
			pos, ok := m.push(false)
			want = moved{int(pos), ok}
		case "push asked":
			pos, ok := m.push(true)
			want = moved{int(pos), ok}
		case "pop":
			want.ok = m.pop()
		case "reclaim":
			want.ok = m.reclaim()
		case "release":
			m.release()
		case "rearm":
			m.asked = false
		case "share half":
			want.n = m.share(true)
		case "share all":
			want.n = m.share(false)
		case "ask":
			m.asked = true
		case "steal":
			if out.n == lost {
				return true, m
			}
			pos, ok := m.steal(0)
			want = moved{int(pos), ok}
		}
		return want == out, m
	},
}

// lost is the position of a theft that another one has beaten.
const lost = -1

func TestSplitIsLinearizable(t *testing.T) {
	random := seeded(t)
	thefts := 0
	for range 100 {
		var d steal.Split
		d.Open(room)
		h := newHistory()
		var wg sync.WaitGroup
		for thief := 1; thief < 3; thief++ {
			random := rand.New(rand.NewPCG(random.Uint64(), 0))
			wg.Go(func() {
				for range 10 {
					if random.IntN(3) == 0 {
						h.do(thief, "ask", func() any { d.Ask(); return moved{} })
					}
					h.do(thief, "steal", func() any {
						pos, outcome := d.Steal()
						if outcome == steal.Lost {
							return moved{n: lost}
						}
						return moved{int(pos), outcome == steal.Stolen}
					})
					if random.IntN(2) == 0 {
						runtime.Gosched()
					}
				}
			})
		}
		owner := func(op string, call func() moved) moved {
			return h.do(0, op, func() any { return call() }).(moved)
		}
		for range 12 {
			switch random.IntN(3) {
			case 0, 1:
				pushed := owner("push", func() moved { pos, ok := d.Push(); return moved{int(pos), ok} })
				if !pushed.ok {
					owner("rearm", func() moved { d.Rearm(); return moved{} })
					owner("push asked", func() moved { pos, ok := d.PushAsked(); return moved{int(pos), ok} })
					owner("share half", func() moved { return moved{n: d.Answer()} })
				} else if random.IntN(4) == 0 {
					owner("share all", func() moved { return moved{n: d.ShareAll()} })
				}
			case 2:
				last := d.Head() - 1
				if d.Head() == 0 || owner("pop", func() moved { return moved{ok: d.Pop(last)} }).ok ||
					owner("reclaim", func() moved { return moved{ok: d.Reclaim(last)} }).ok {
					continue
				}
				owner("release", func() moved { d.Release(last); return moved{} })
			}
			if random.IntN(2) == 0 {
				runtime.Gosched()
			}
		}
		wg.Wait()
		h.check(t, splitHistory)
		for _, op := range h.ops {
			if op.Input == "steal" && op.Output.(moved).ok {
				thefts++
			}
		}
	}
	if thefts == 0 {
		t.Error("nothing was stolen: this test has tested nothing")
	}
}
