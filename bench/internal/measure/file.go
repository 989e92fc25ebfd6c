package measure

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// entry is a line of a results file: a run begins with its machine, and its rows
// follow.
type entry struct {
	Machine *Machine `json:"run,omitempty"`
	Row     *Row     `json:"row,omitempty"`
}

// Results is what a file holds: one run or more.
type Results struct {
	Runs []*Machine
	Rows []Row
}

// Writer writes rows as JSON lines.
type Writer struct{ out *json.Encoder }

// NewWriter begins a run.
func NewWriter(out io.Writer, m *Machine) (*Writer, error) {
	w := &Writer{json.NewEncoder(out)}
	return w, w.out.Encode(entry{Machine: m})
}

// Write adds a row.
func (w *Writer) Write(r Row) error { return w.out.Encode(entry{Row: &r}) }

// longestLine is more than a histogram of every bin takes.
const longestLine = 16 << 20

// Read reads JSON lines. A row that was measured again in a later run of the
// same file replaces the earlier one.
func Read(in io.Reader) (*Results, error) {
	results := &Results{}
	places := map[string]int{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("measure: line %d: %w", n, err)
		}
		switch {
		case e.Machine != nil:
			results.Runs = append(results.Runs, e.Machine)
		case e.Row != nil:
			if err := e.Row.validate(); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			e.Row.Line = n
			if i, ok := places[e.Row.Name()]; ok {
				results.Rows[i] = *e.Row
				continue
			}
			places[e.Row.Name()] = len(results.Rows)
			results.Rows = append(results.Rows, *e.Row)
		default:
			return nil, fmt.Errorf("measure: line %d is neither a run nor a row", n)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("measure: %w", err)
	}
	if len(results.Runs) == 0 {
		return nil, errors.New("measure: no run in it: not a results file?")
	}
	return results, nil
}

// ReadFile reads a results file.
func ReadFile(path string) (*Results, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	results, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return results, nil
}

// Append opens a results file to add a run, and makes its folder if need be.
func Append(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
}

// Machine is the last run's.
func (r *Results) Machine() *Machine { return r.Runs[len(r.Runs)-1] }

// Find returns the row of that name, or nil.
func (r *Results) Find(place, subject string) *Row {
	for i := range r.Rows {
		if r.Rows[i].Place() == place && r.Rows[i].Subject == subject {
			return &r.Rows[i]
		}
	}
	return nil
}
