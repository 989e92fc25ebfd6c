package measure

import (
	"errors"
	"fmt"
	"strings"
)

// Units of samples. Smaller is better unless HigherIsBetter says otherwise.
const (
	Nanoseconds = "ns/op"
	Bytes       = "B/op"
	Percent     = "%"
	Ratio       = "x" // a time over another, both of the same run
)

// Row is one subject's result in one workload: a line of a results file.
type Row struct {
	Category string `json:"category"`       // "submit"
	Workload string `json:"workload"`       // "echo"
	Case     string `json:"case,omitempty"` // "n=100/workers=4"
	Subject  string `json:"subject"`        // "tandem", "rayon"

	Unit    string    `json:"unit"`
	Higher  bool      `json:"higher,omitempty"` // more is better
	Samples []float64 `json:"samples,omitempty"`
	// Blocks are how many of the samples, in their order, were taken together:
	// those of one block within a second, those of the next minutes later.
	Blocks []int `json:"blocks,omitempty"`
	// Histogram is of every single operation, where there is one; the samples
	// are then the medians of the rounds.
	Histogram []Bin `json:"histogram,omitempty"`
	// Flops and Bytes are what an operation does, for the roofline.
	Flops float64 `json:"flops,omitempty"`
	Bytes float64 `json:"bytes,omitempty"`

	// Goal, if there is one, is what Tandem is held to: in a row of its own a value
	// in the unit, in another's a part of that subject's, neither to be exceeded.
	Goal float64 `json:"goal,omitempty"`

	// Missing says why there are no samples. Published is then somebody
	// else's figure, if there is one.
	Missing   string     `json:"missing,omitempty"`
	Published *Published `json:"published,omitempty"`

	Device  string `json:"device"` // "cpu", "opengl:0"
	Driver  string `json:"driver"`
	Machine string `json:"machine"` // Machine.ID
	Commit  string `json:"commit"`
	At      string `json:"at"` // when it was measured, RFC 3339

	// Line is where the row stands in its file, from 1.
	Line int `json:"-"`
}

// Published is a figure that was not measured here.
type Published struct {
	Figure   string `json:"figure"`
	Source   string `json:"source"`
	Hardware string `json:"hardware"`
}

// Bin is how many values a histogram has counted in [Lo, Hi].
type Bin struct {
	Lo    int64 `json:"lo"`
	Hi    int64 `json:"hi"`
	Count int64 `json:"n"`
}

// Place is the row's workload and case, without its subject.
func (r *Row) Place() string {
	place := r.Category + "/" + r.Workload
	if r.Case != "" {
		place += "/" + r.Case
	}
	return place
}

// Name tells the row from all others of a run, in the form of a Go benchmark's.
func (r *Row) Name() string {
	return strings.ReplaceAll(r.Place()+"/by="+r.Subject, " ", "_")
}

// validate finds what would make a line of a file useless.
func (r *Row) validate() error {
	switch {
	case r.Category == "" || r.Workload == "" || r.Subject == "" || r.Unit == "":
		return fmt.Errorf("measure: row %q lacks a category, workload, subject or unit", r.Name())
	case len(r.Samples) == 0 && r.Missing == "":
		return fmt.Errorf("measure: row %q has neither samples nor a reason why", r.Name())
	case r.Machine == "":
		return errors.New("measure: row " + r.Name() + " names no machine")
	}
	return nil
}
