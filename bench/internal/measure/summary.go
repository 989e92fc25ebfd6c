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

// Spread writes how far the interval reaches from the median, in percent.
func (s Summary) Spread() string {
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) || s.N == 0 {
		return "± ?"
	}
	if s.Median == 0 {
		return "± 0 %"
	}
	part := 100 * max(s.Hi-s.Median, s.Median-s.Lo) / math.Abs(s.Median)
	if part >= 10 {
		return fmt.Sprintf("± %.0f %%", part)
	}
	return fmt.Sprintf("± %.2g %%", part)
}

// Overlap is whether two intervals have a value in common.
func (s Summary) Overlap(t Summary) bool { return s.Lo <= t.Hi && t.Lo <= s.Hi }
