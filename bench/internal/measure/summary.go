package measure

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// confidence is what an interval holds the true median with, at least.
const confidence = 0.95

// fewest is how many samples have an interval at that confidence: the range of
// six misses the median with a probability of 2 to the power -5.
const fewest = 6

// thresholds are benchstat's: the U test's alpha is 5 %.
var thresholds = benchmath.DefaultThresholds

// Summary is what samples amount to.
type Summary struct {
	N        int
	Median   float64
	Lo, Hi   float64 // of the 95 % confidence interval; infinite with less than 6 samples
	Outliers []float64
}

// Summarize returns the median with its interval of order statistics (David and
// Nagaraja, Order Statistics, 2003, section 7.1), and the outliers beyond Tukey's
// fences (Exploratory Data Analysis, 1977, section 2D): one and a half times the
// distance between the quartiles away from them.
func Summarize(samples []float64) Summary {
	if len(samples) == 0 {
		return Summary{Median: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	}
	sorted := slices.Sorted(slices.Values(samples))
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(sorted), &thresholds), confidence)
	lower, upper := quartile(sorted, 0.25), quartile(sorted, 0.75)
	fence := 1.5 * (upper - lower)
	result := Summary{N: len(sorted), Median: s.Center, Lo: s.Lo, Hi: s.Hi}
	for _, x := range sorted {
		if x < lower-fence || x > upper+fence {
			result.Outliers = append(result.Outliers, x)
		}
	}
	return result
}

// Summary is that of the row's samples. Where they were taken in blocks, the interval
// is made of the blocks' medians, and there is none with fewer than six. What disturbs
// a machine lasts longer than a block, so that samples of one block are alike for a
// reason that the next run won't share: an interval that took them for independent of
// each other would be far too narrow, as one run beside another shows. (Kalibera and
// Jones, Rigorous Benchmarking in Reasonable Time, ISMM 2013, section 5: repeat at the
// highest level at which results vary.)
func (r *Row) Summary() Summary {
	s := Summarize(r.Samples)
	if independent := r.independent(); len(independent) != len(r.Samples) {
		of := Summarize(independent)
		s.Lo, s.Hi = of.Lo, of.Hi
	}
	return s
}

// independent are the blocks' medians or, of a row that was measured in one go, the
// samples.
func (r *Row) independent() []float64 {
	if len(r.Blocks) <= 1 {
		return r.Samples
	}
	var medians []float64
	rest := r.Samples
	for _, n := range r.Blocks {
		n = min(n, len(rest))
		if n > 0 {
			medians = append(medians, Summarize(rest[:n]).Median)
		}
		rest = rest[n:]
	}
	return medians
}

// quartile interpolates between the two nearest of sorted.
func quartile(sorted []float64, part float64) float64 {
	place := part * float64(len(sorted)-1)
	below := int(place)
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	share := place - float64(below)
	return sorted[below]*(1-share) + sorted[below+1]*share
}

// Bounded is whether there were samples enough for an interval.
func (s Summary) Bounded() bool { return s.N > 0 && !math.IsInf(s.Lo, 0) && !math.IsInf(s.Hi, 0) }

// Reach is how far the interval reaches from the median, as a part of it.
func (s Summary) Reach() float64 {
	if s.Median == 0 {
		return 0
	}
	return max(s.Hi-s.Median, s.Median-s.Lo) / math.Abs(s.Median)
}

// Spread writes Reach in percent.
func (s Summary) Spread() string {
	if !s.Bounded() {
		return "± ?"
	}
	part := 100 * s.Reach()
	if part >= 10 {
		return fmt.Sprintf("± %.0f %%", part)
	}
	return fmt.Sprintf("± %.2g %%", part)
}

// Overlap is whether two intervals have a value in common.
func (s Summary) Overlap(t Summary) bool { return s.Lo <= t.Hi && t.Lo <= s.Hi }
