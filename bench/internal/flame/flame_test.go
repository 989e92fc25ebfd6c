package flame

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// stacks is a profile of stacks, innermost call first, with a value each.
func stacks(t *testing.T, samples map[string]int64) *bytes.Buffer {
	t.Helper()
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	locations := map[string]*profile.Location{}
	for stack, value := range samples {
		s := &profile.Sample{Value: []int64{1, value}}
		for name := range strings.SplitSeq(stack, " ") {
			if locations[name] == nil {
				id := uint64(len(locations) + 1)
				f := &profile.Function{ID: id, Name: name}
				p.Function = append(p.Function, f)
				locations[name] = &profile.Location{ID: id, Line: []profile.Line{{Function: f}}}
				p.Location = append(p.Location, locations[name])
			}
			s.Location = append(s.Location, locations[name])
		}
		p.Sample = append(p.Sample, s)
	}
	var text bytes.Buffer
	if err := p.Write(&text); err != nil {
		t.Fatal(err)
	}
	return &text
}

func TestWrite(t *testing.T) {
	var svg bytes.Buffer
	if err := Write(&svg, stacks(t, map[string]int64{"c b a": 30, "d<x> b a": 10, "e a": 60}), "a & b"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a: 100.00 %", "b: 40.00 %", "c: 30.00 %", "d&lt;x&gt;: 10.00 %", "e: 60.00 %", "a &amp; b"} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("the drawing lacks %q", want)
		}
	}
	for d := xml.NewDecoder(&svg); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWriteNothing(t *testing.T) {
	if err := Write(io.Discard, stacks(t, nil), ""); err == nil {
		t.Error("a profile without samples was drawn")
	}
	if err := Write(io.Discard, strings.NewReader("nonsense"), ""); err == nil {
		t.Error("nonsense was drawn")
	}
}
