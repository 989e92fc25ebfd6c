package sim

import (
	"time"

	"github.com/tandem-go/tandem/device/internal/soft"
)

// schedule decides, operation by operation, which faults concern it. Its user
// guards it.
type schedule struct {
	faults []Fault
	met    []int // how many operations each fault has concerned
	counts map[soft.Op]int
	total  int
}

func newSchedule(faults []Fault) schedule {
	return schedule{faults: faults, met: make([]int, len(faults)), counts: map[soft.Op]int{}}
}

// verdict is what the faults mean for one command. A nil verdict is none.
type verdict struct {
	fail   *Fault // fails when it has been executed
	lose   *Fault // loses the device when it has been executed
	hang   *Fault // never ends
	factor float64
	delay  time.Duration
}

// next counts an operation asked for at a time since Open. It returns the fault
// that refuses it, or else what is to happen to it as a command.
func (s *schedule) next(op soft.Op, now time.Duration) (refused *Fault, v *verdict) {
	s.counts[op]++
	s.total++
	command := op != soft.Alloc && op != soft.Compile
	for i := range s.faults {
		f := &s.faults[i]
		if !s.concerns(i, op, now) {
			continue
		}
		gone := f.Kind == Lose && (!command || f.After > 0)
		if failing := f.Kind.op() != ""; gone || failing && (f.Refuse || !command) {
			s.met[i]++
			return f, nil
		}
		if command {
			s.met[i]++
			v = v.add(f)
		}
	}
	return nil, v
}

// concerns tells whether fault i concerns the operation counted last.
func (s *schedule) concerns(i int, op soft.Op, now time.Duration) bool {
	f := &s.faults[i]
	count, own := s.total, f.Kind.op()
	limit := f.Count
	if own != "" {
		if own != op {
			return false
		}
		count, limit = s.counts[op], max(1, limit)
	}
	switch {
	case limit > 0 && s.met[i] >= limit:
		return false
	case f.At > 0:
		return count >= f.At
	case f.Kind == Hang || f.Kind == Slow:
		return false // by the clock; see timeline
	}
	return now >= f.After
}

// add lets f concern the command too. Of two faults of a kind the first counts.
func (v *verdict) add(f *Fault) *verdict {
	if v == nil {
		v = &verdict{factor: 1}
	}
	switch f.Kind {
	case Lose:
		if v.lose == nil {
			v.lose = f
		}
	case Hang:
		if v.hang == nil {
			v.hang = f
		}
	case Slow:
		v.factor *= f.Factor
	case Delay:
		v.delay += f.Delay
	default:
		if v.fail == nil {
			v.fail = f
		}
	}
	return v
}

// timeline holds the faults that begin by the clock, in the middle of whatever
// the device is doing.
type timeline struct {
	lose, hang *Fault   // the first of each kind, or nil
	slow       []*Fault // those that slow the device down
}

func newTimeline(faults []Fault) (l timeline) {
	first := func(old, f *Fault) *Fault {
		if old == nil || f.After < old.After {
			return f
		}
		return old
	}
	for i := range faults {
		f := &faults[i]
		if f.After == 0 {
			continue
		}
		switch f.Kind {
		case Lose:
			l.lose = first(l.lose, f)
		case Hang:
			l.hang = first(l.hang, f)
		case Slow:
			l.slow = append(l.slow, f)
		}
	}
	return l
}

// end is when a command ends that starts at start and would take d on a device
// that never slows down.
func (l *timeline) end(start, d time.Duration) time.Duration {
	end := start + d
	for _, f := range l.slow {
		if from := max(start, f.After); end > from {
			end = from + time.Duration(float64(end-from)*f.Factor)
		}
	}
	return end
}

// cut returns the fault that ends a command before its end, and when.
func (l *timeline) cut(end time.Duration) (f *Fault, at time.Duration) {
	for _, candidate := range []*Fault{l.hang, l.lose} {
		if candidate != nil && candidate.After < end && (f == nil || candidate.After < f.After) {
			f, at = candidate, candidate.After
		}
	}
	return f, at
}
