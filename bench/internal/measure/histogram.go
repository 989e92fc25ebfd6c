package measure

import (
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// longest is what a histogram tells from longer times.
const longest = int64(10 * time.Minute)

// Histogram counts times with an error of at most 1 %, from 1 ns to ten minutes:
// an HDR histogram with two significant digits, which takes 33 kB. One goroutine
// may record at a time. What Record costs is a row of category "harness".
type Histogram struct{ counts *hdrhistogram.Histogram }

// NewHistogram returns an empty histogram.
func NewHistogram() *Histogram { return &Histogram{hdrhistogram.New(1, longest, 2)} }

// Record counts a time.
func (h *Histogram) Record(d time.Duration) {
	// It fails for what lies outside its bounds only.
	_ = h.counts.RecordValue(min(max(int64(d), 1), longest))
}

// Reset forgets what was counted.
func (h *Histogram) Reset() { h.counts.Reset() }

// Bins returns what was counted, in ascending order, without what is empty.
func (h *Histogram) Bins() []Bin {
	var bins []Bin
	for _, bar := range h.counts.Distribution() {
		if bar.Count > 0 {
			bins = append(bins, Bin{Lo: bar.From, Hi: bar.To, Count: bar.Count})
		}
	}
	return bins
}

// Quantile is the upper bound of the bin with the value that part of all values
// don't exceed; 0 without bins.
func Quantile(bins []Bin, part float64) float64 {
	var total, below int64
	for _, b := range bins {
		total += b.Count
	}
	i := slices.IndexFunc(bins, func(b Bin) bool {
		below += b.Count
		return float64(below) >= part*float64(total)
	})
	if i < 0 {
		return 0
	}
	return float64(bins[i].Hi)
}
