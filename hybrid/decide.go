package hybrid

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
	"github.com/tandem-go/tandem/kernels"
)

// candidate is a device that can run a launch.
type candidate struct {
	m        *member
	estimate perfmodel.Estimate
	known    bool // the estimate is measured
	share    float64
}

// candidates are the devices that can run the launch, of those that the caller
// allows, with what is known of their speed. If there is none the error says why.
func (s *Scheduler) candidates(l *kernels.Launch, on []string) ([]candidate, error) {
	for _, id := range on {
		if !slices.ContainsFunc(s.devices, func(m *member) bool { return m.info.ID == id }) {
			return nil, &device.Error{Op: "launch", Device: id, Err: fmt.Errorf("%w: On names no device of this scheduler", device.ErrNoDevice)}
		}
	}
	var all []candidate
	var why error
	for _, m := range s.devices {
		if len(on) > 0 && !slices.Contains(on, m.info.ID) {
			continue
		}
		if err := m.fit(l); err != nil {
			why = err
			continue
		}
		c := candidate{m: m}
		c.estimate, c.known = s.model.Nearest(modelKey(l, m.key))
		if !c.known {
			seconds, _ := s.inline.perIndex(l)
			c.estimate = perfmodel.Estimate{Rate: float64(s.pool.Workers()) / seconds}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, &device.Error{Op: "launch", Device: "none", Err: fmt.Errorf("%w can run kernel %s: %w", device.ErrNoDevice, l.Kernel().Name, why)}
	}
	return all, nil
}

// fit is nil if the device can run the launch.
func (m *member) fit(l *kernels.Launch) error {
	if err := m.usable(); err != nil || m.isCPU() {
		return err
	}
	if _, err := largestChunk(l, m); err != nil {
		return err
	}
	return m.refused(l.Kernel())
}

func modelKey(l *kernels.Launch, device string) perfmodel.Key {
	c := l.Cost()
	return perfmodel.Key{
		Kernel: l.Kernel().Name, Class: perfmodel.Class(max(c.Flops, c.Bytes)), Size: workClass(l),
		Device: device, Resident: resident(l),
	}
}

// aloneKey stands for the calling goroutine among the devices of the model.
const aloneKey = "calling goroutine"

const (
	// tryAlone is up to what time on one core, in seconds, a kernel is run on the
	// calling goroutine to see how long that takes. With many workers it is
	// better off with them above that, whatever its nature.
	tryAlone = 1e-3
	// enough samples for a median to mean something.
	enough = 3
	// worthCompany is the part of the time alone that a launch may take at most
	// with other workers: they might have had something else to do.
	worthCompany = 0.95
	// lookAgain is the part of the time that is spent, about, on taking the way
	// that was found to be worse: it may have been measured at a bad moment, or
	// years ago.
	lookAgain = 1.0 / 64
	// What another process has measured, or this one only so many times, is
	// looked at more often, unless it is this much worse.
	fewLooks  = 3
	hopeless  = 3
	lookEarly = 1.0 / 4
)

// lookAt is how often the way that takes worse times as long as the better one is
// taken all the same, if it was taken so many times in this process.
func lookAt(worse float64, taken int) float64 {
	if taken < fewLooks && worse < hopeless {
		return lookEarly
	}
	return min(lookAgain/(worse-1), 2*lookAgain)
}

// betterAlone reports whether a launch above the crossover should run on the calling
// goroutine all the same: work that is limited by memory, or whose data is in this
// core's cache, may gain nothing from others.
func (s *Scheduler) betterAlone(l *kernels.Launch, all []candidate) bool {
	alone, known := s.model.Estimate(modelKey(l, aloneKey))
	n := float64(l.N())
	if !known || alone.Samples < enough {
		return n*assumed(l) < tryAlone
	}
	chosen, unproven := s.place(l, all)
	if len(unproven) > 0 || !chosen[0].known {
		return false
	}
	_, together := divide(chosen, l.N())
	ratio := together / alone.Seconds(n)
	better := ratio > worthCompany
	worse, taken := ratio, chosen[0].estimate.Seen
	if !better {
		worse, taken = 1/ratio, alone.Seen
	}
	if rand.Float64() < lookAt(worse, taken) {
		return !better
	}
	return better
}

// runAlone runs all of the launch on the calling goroutine, and remembers how long
// that took.
func (s *Scheduler) runAlone(l *kernels.Launch) error {
	s.inline.launches.Add(1)
	start := time.Now()
	err := runGuarded(l)
	if err == nil {
		seconds := time.Since(start).Seconds()
		s.inline.learn(l, l.N(), seconds)
		s.model.Observe(modelKey(l, aloneKey), float64(l.N()), seconds)
	}
	return err
}

// place chooses among the candidates. Devices that compute on the host's own
// cores, and the CPU workers, compete: using two of them gains nothing over
// using the better one, so one is chosen. One of them that was never measured
// with this kernel is compiled for behind the scenes and then tried, alone and
// on a small part of the launch, before the rest begins: unproven are those to
// be tried.
func (s *Scheduler) place(l *kernels.Launch, all []candidate) (chosen, unproven []candidate) {
	n := float64(l.N())
	best := -1
	for i, c := range all {
		if !c.m.info.Caps.HostCores {
			chosen = append(chosen, c)
			continue
		}
		if !c.known && !c.m.isCPU() && len(all) > 1 {
			if c.m.compiled(l.Kernel()) {
				unproven = append(unproven, c)
			}
			continue
		}
		if best < 0 || c.estimate.Seconds(n) < all[best].estimate.Seconds(n) {
			best = i
		}
	}
	switch {
	case best >= 0:
		chosen = append(chosen, all[best])
	case len(chosen) == 0: // nobody is proven: the first will do
		chosen, unproven = all[:1], nil
	}
	return chosen, unproven
}

// doubted are devices that by what is known of them would get no part of a launch on
// slices, if it is their turn to be tried all the same, as unproven ones are: they were
// measured at a bad moment, perhaps, or years ago. used is who would do the launch
// otherwise, in the expected seconds. A trial may take as long as the launch, and
// shortestTrial at least, so that by its chance no more than lookAgain of the time is
// spent on it. The CPU workers, where a device has their cores, are in used instead of
// it as often as lookAt says.
func (s *Scheduler) doubted(l *kernels.Launch, all, used []candidate, expected float64) (now, trial []candidate) {
	if resident(l) {
		return used, nil // a trial would move what it reads, and the launch after it back
	}
	var out []candidate
	for _, c := range all {
		if c.known && !slices.ContainsFunc(used, func(u candidate) bool { return u.m == c.m }) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return used, nil
	}
	c := out[rand.IntN(len(out))]
	if !c.m.isCPU() {
		if rand.Float64() < trialChance(expected) && c.m.compiled(l.Kernel()) {
			return used, []candidate{c}
		}
		return used, nil
	}
	for i, u := range used {
		worse := c.estimate.Seconds(float64(l.N())) / u.estimate.Seconds(float64(l.N()))
		if u.m.info.Caps.HostCores && rand.Float64() < lookAt(worse, fewLooks) {
			now = slices.Clone(used)
			now[i] = c
			return now, nil
		}
	}
	return used, nil
}

// trialChance is how often a device is tried that would get nothing of launches which
// take the expected seconds.
func trialChance(expected float64) float64 {
	return lookAgain * min(1, expected/shortestTrial)
}

// divide gives each candidate the share of n indices with which all would end
// at the same time, T: the sum over the devices of (T - start) * rate is n. A
// device that would not even have started by then gets nothing. It returns the
// candidates with a share, and T.
func divide(all []candidate, n int) ([]candidate, float64) {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b candidate) int { return cmp.Compare(a.estimate.Start, b.estimate.Start) })
	// Take in devices in the order of their start while they lower T.
	var rates, weighted float64
	end, used := math.Inf(1), 0
	for _, c := range sorted {
		if c.estimate.Start >= end {
			break
		}
		rates += c.estimate.Rate
		weighted += c.estimate.Rate * c.estimate.Start
		end = (float64(n) + weighted) / rates
		used++
	}
	var chosen []candidate
	for _, c := range all { // in the scheduler's order, so that shares stay where they were
		if slices.ContainsFunc(sorted[:used], func(u candidate) bool { return u.m == c.m }) {
			c.share = (end - c.estimate.Start) * c.estimate.Rate / float64(n)
			chosen = append(chosen, c)
		}
	}
	return chosen, end
}
