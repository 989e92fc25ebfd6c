package steal

// Load is what a worker, or a device, still has to do, seen from outside. Times
// are in seconds; any unit will do that is the same throughout.
type Load struct {
	Left float64 // indices that can still be stolen
	Rate float64 // indices a second
	Busy float64 // time until what it has already taken is done
}

// Time is how long the load's owner will be busy if nobody steals from it. A
// load without a rate is never done.
func (l Load) Time() float64 { return l.Busy + l.Left/l.Rate }

// Amount is how many indices a thief should take from a victim: as many as let
// both end at the same time, and none if the thief could not finish even one
// before the victim would have been through with all. start is the time until
// the thief has its first index done that is not arithmetic: latency and
// transfer. A thief without a rate takes nothing.
//
// With k indices stolen the thief ends at start + k/rt and the victim at
// busy + (left-k)/rv; equating the two gives k. Taking expected ends, not
// queue lengths, is what makes stealing between unequal devices pay (compare
// StarPU's dmda scheduler).
func Amount(victim Load, thiefRate, start float64) float64 {
	switch {
	case victim.Left <= 0 || !(thiefRate > 0):
		return 0
	case !(victim.Rate > 0):
		return victim.Left
	}
	k := (victim.Time() - start) / (1/thiefRate + 1/victim.Rate)
	if start+1/thiefRate >= victim.Time() {
		return 0
	}
	return min(max(k, 0), victim.Left)
}

// Choose returns the position of the load with the most time left among those
// that have something to steal, or -1. ok, if not nil, restricts the choice.
func Choose(loads []Load, ok func(i int) bool) int {
	best := -1
	for i, l := range loads {
		if l.Left <= 0 || ok != nil && !ok(i) {
			continue
		}
		if best < 0 || l.Time() > loads[best].Time() {
			best = i
		}
	}
	return best
}
