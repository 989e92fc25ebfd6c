// Package report prints who did what in the launches of an example.
package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

// Tally adds up the reports of launches. The zero Tally is empty. It is for one
// goroutine at a time.
type Tally struct {
	wall    time.Duration
	inline  int
	devices []hybrid.DeviceReport // in the order of their first part
}

// Add adds one launch.
func (t *Tally) Add(r *hybrid.Report) {
	t.wall += r.Wall
	if r.Inline {
		t.inline++
	}
	for _, d := range r.Devices {
		sum := t.device(d.ID)
		sum.Name = d.Name
		sum.Indices += d.Indices
		sum.Busy += d.Busy
		sum.Chunks += d.Chunks
		sum.Steals += d.Steals
		sum.Uploaded += d.Uploaded
		sum.Downloaded += d.Downloaded
	}
}

func (t *Tally) device(id string) *hybrid.DeviceReport {
	for i := range t.devices {
		if t.devices[i].ID == id {
			return &t.devices[i]
		}
	}
	t.devices = append(t.devices, hybrid.DeviceReport{ID: id})
	return &t.devices[len(t.devices)-1]
}

// Wall is the launches' time in sum.
func (t *Tally) Wall() time.Duration { return t.wall }

// Write prints a table with a line for each device: its share of the work, its
// rate in units of work a second while it was busy, the time it was busy, how
// many chunks it computed, how often it stole, and how much was moved to and
// from it. unit names a unit of work, in the plural; an index is perIndex units.
func (t *Tally) Write(w io.Writer, unit string, perIndex float64) error {
	total, width := int64(0), len("device")
	for _, d := range t.devices {
		total += d.Indices
		width = max(width, len(d.ID))
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(cells ...string) { fmt.Fprintln(table, strings.Join(cells, "\t")+"\t") }
	name := func(id string) string { return fmt.Sprintf("%-*s", width, id) }
	row(name("device"), "share", unit+"/s", "busy", "chunks", "steals", "to it", "from it")
	for _, d := range t.devices {
		share, rate := 0.0, 0.0
		if total > 0 {
			share = float64(d.Indices) / float64(total)
		}
		if d.Busy > 0 {
			rate = float64(d.Indices) * perIndex / d.Busy.Seconds()
		}
		row(name(d.ID), fmt.Sprintf("%.1f %%", 100*share), Count(rate), Duration(d.Busy), fmt.Sprint(d.Chunks),
			fmt.Sprint(d.Steals), Bytes(d.Uploaded), Bytes(d.Downloaded))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if t.inline > 0 && len(t.devices) == 0 {
		_, err := fmt.Fprintln(w, "The work was too small to be shared out: it ran on the calling goroutine.")
		return err
	}
	return nil
}

// Count writes x with three digits and a decimal prefix: 12.3 M.
func Count(x float64) string {
	exp := 0
	for math.Abs(x) >= 999.5 && exp < 4 {
		x /= 1000
		exp++
	}
	digits := 2
	if math.Abs(x) >= 99.95 {
		digits = 0
	} else if math.Abs(x) >= 9.995 {
		digits = 1
	}
	return strings.TrimSpace(fmt.Sprintf("%.*f %s", digits, x, []string{"", "k", "M", "G", "T"}[exp]))
}

// Bytes writes a number of bytes with a binary prefix: 1.5 MiB.
func Bytes(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	x, exp := float64(n)/1024, 0
	for x >= 1023.5 && exp < 3 {
		x /= 1024
		exp++
	}
	return fmt.Sprintf("%.3g %s", x, []string{"KiB", "MiB", "GiB", "TiB"}[exp])
}

// Duration writes d with three digits at most.
func Duration(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3gms", float64(d)/1e6)
	default:
		return d.Round(time.Microsecond).String()
	}
}
