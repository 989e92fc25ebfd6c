package measure

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"
)

func runner(rows *[]Row) *Runner {
	return &Runner{
		Machine: &Machine{ID: "m1", CPU: "a processor", Platform: "linux/amd64"}, Rounds: 7, Budget: time.Minute,
		Record: func(r Row) error { *rows = append(*rows, r); return nil },
	}
}

func plan(subjects ...Subject) Plan {
	return Plan{Category: "a", Workload: "b", Case: "n=1", Unit: Nanoseconds, Subjects: subjects}
}

// The turns rotate, the first round is not counted, and every sample is kept.
func TestTurns(t *testing.T) {
	var order strings.Builder
	var rows []Row
	subject := func(name string) Subject {
		n := 0.0
		return Subject{Name: name, Run: func(context.Context) (float64, error) {
			order.WriteString(name)
			n++
			return n, nil
		}}
	}
	r := runner(&rows)
	r.Rounds = 3
	if _, err := r.Measure(t.Context(), plan(subject("A"), subject("B"), subject("C"))); err != nil {
		t.Fatal(err)
	}
	if got := order.String(); got != "ABCBCACABABC" {
		t.Errorf("the turns were %s", got)
	}
	for _, row := range rows {
		if !slices.Equal(row.Samples, []float64{2, 3, 4}) {
			t.Errorf("%s has the samples %v, want 2 3 4", row.Name(), row.Samples)
		}
	}
}

// A peer that fails becomes a row with the reason; Tandem's failure is an error.
func TestFailures(t *testing.T) {
	var rows []Row
	good := Timed("good", 1, func(context.Context) error { return nil })
	bad := Timed("bad", 1, func(context.Context) error { return errors.New("no such thing") })
	gone := Missing("gone", "not here", &Published{Figure: "1/s", Source: "a paper", Hardware: "a machine"})
	if _, err := runner(&rows).Measure(t.Context(), plan(good, bad, gone)); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || len(rows[0].Samples) != 7 {
		t.Fatalf("rows %+v", rows)
	}
	if rows[1].Missing != "no such thing" || rows[1].Samples != nil {
		t.Errorf("the failed peer's row is %+v", rows[1])
	}
	if rows[2].Missing != "not here" || rows[2].Published.Source != "a paper" {
		t.Errorf("the missing peer's row is %+v", rows[2])
	}
	if _, err := runner(&rows).Measure(t.Context(), plan(bad, good)); err == nil {
		t.Error("the first subject's failure is no error")
	}
}

// Whoever has used its budget gets no further turn, and still has a sample.
func TestBudget(t *testing.T) {
	var rows []Row
	r := runner(&rows)
	r.Budget = 0
	slow := Timed("slow", 1, func(context.Context) error { time.Sleep(time.Millisecond); return nil })
	if _, err := r.Measure(t.Context(), plan(slow)); err != nil {
		t.Fatal(err)
	}
	if len(rows[0].Samples) != 1 {
		t.Errorf("%d samples without a budget, want 1", len(rows[0].Samples))
	}
}

// A disturbance of the first calls doesn't leave the others to be measured one at a
// time, each with the clock and cold caches.
func TestDisturbed(t *testing.T) {
	calls := 0
	brief := Timed("brief", 1, func(context.Context) error {
		if calls++; calls <= 2 {
			time.Sleep(2 * Batch)
		}
		return nil
	})
	for range 3 {
		if _, err := brief.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if calls < 100 {
		t.Errorf("%d calls for three samples of what takes nothing", calls)
	}
}

func TestMatch(t *testing.T) {
	var rows []Row
	r := runner(&rows)
	r.Match = func(name string) bool { return name == "a/other/n=1" }
	if _, err := r.Measure(t.Context(), plan(Loop("x", func(int) {}))); err != nil || len(rows) != 0 {
		t.Errorf("measured what was not asked for: %v, %v", rows, err)
	}
}

// The interval holds the true median of skewed samples as often as it says.
func TestCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 11))
	const trials = 2000
	held := 0
	for range trials {
		samples := make([]float64, 11)
		for i := range samples {
			samples[i] = math.Exp(random.NormFloat64()) // its median is 1
		}
		if s := Summarize(samples); s.Lo <= 1 && 1 <= s.Hi {
			held++
		}
	}
	// 95 % at least; four standard deviations of 2000 trials are 2 %.
	if held < trials*93/100 {
		t.Errorf("the interval held the median in %d of %d trials", held, trials)
	}
}

func TestSummary(t *testing.T) {
	s := Summarize([]float64{3, 1, 2, 100, 2.5, 1.5, 2.2})
	if s.Median != 2.2 || s.N != 7 || !slices.Equal(s.Outliers, []float64{100}) {
		t.Errorf("%+v", s)
	}
	if s := Summarize([]float64{1, 2}); !math.IsInf(s.Hi, 1) || s.Spread() != "± ?" {
		t.Errorf("two samples have the interval %v to %v", s.Lo, s.Hi)
	}
	if !math.IsNaN(Summarize(nil).Median) {
		t.Error("no samples have a median")
	}
}

func results(id string, samples ...float64) *Results {
	return &Results{
		Runs: []*Machine{{ID: id, CPU: "a processor", Platform: "linux/amd64"}},
		Rows: []Row{{
			Category: "a", Workload: "b", Case: "n=1", Subject: "x y", Unit: Nanoseconds, Samples: samples,
			Machine: id, Device: "cpu", Commit: "c1",
		}},
	}
}

func TestCompare(t *testing.T) {
	base := results("m1", 10, 11, 12, 10, 11, 12, 10)
	for _, c := range []struct {
		samples []float64
		want    Change
	}{
		{[]float64{20, 21, 22, 20, 21, 22, 20}, Worse},
		{[]float64{5, 6, 5, 6, 5, 6, 5}, Better},
		{[]float64{11, 10, 12, 11, 10, 12, 11}, Same},
	} {
		deltas, err := Compare(base, results("m1", c.samples...))
		if err != nil || len(deltas) != 1 {
			t.Fatal(deltas, err)
		}
		if deltas[0].Change != c.want {
			t.Errorf("%v after %v is %v, want %v", c.samples, base.Rows[0].Samples, deltas[0].Change, c.want)
		}
	}
	if _, err := Compare(base, results("m2", 1, 2, 3)); !errors.Is(err, ErrOtherMachine) {
		t.Errorf("another machine's results gave %v", err)
	}
	mixed := results("m1", 1, 2, 3)
	mixed.Rows[0].Machine = "m2"
	if _, err := Compare(base, mixed); !errors.Is(err, ErrOtherMachine) {
		t.Errorf("another machine's row gave %v", err)
	}
}

// What is written is read again, and a later run's row replaces an earlier one.
func TestFile(t *testing.T) {
	var file bytes.Buffer
	for _, samples := range [][]float64{{1, 2}, {3, 4}} {
		r := results("m1", samples...)
		w, err := NewWriter(&file, r.Runs[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(r.Rows[0]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Runs) != 2 || len(got.Rows) != 1 || !slices.Equal(got.Rows[0].Samples, []float64{3, 4}) {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"", "{}", "nonsense", `{"row":{"category":"a"}}`} {
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// benchstat's own reader understands what WriteGo writes.
func TestGoFormat(t *testing.T) {
	var text bytes.Buffer
	if err := WriteGo(&text, results("m1", 1500, 2500)); err != nil {
		t.Fatal(err)
	}
	r := benchfmt.NewReader(&text, "text")
	var seconds []float64
	for r.Scan() {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			t.Fatalf("%v", r.Result())
		}
		if got := string(result.Name); got != "A/b/n=1/by=x_y" {
			t.Errorf("the name is %q", got)
		}
		if got := result.GetConfig("cpu"); got != "a processor" {
			t.Errorf("the processor is %q", got)
		}
		v, _ := result.Value("sec/op")
		seconds = append(seconds, v)
	}
	if r.Err() != nil || len(seconds) != 2 || math.Abs(seconds[0]-1.5e-6) > 1e-12 {
		t.Errorf("read %v, %v", seconds, r.Err())
	}
}

func TestHistogram(t *testing.T) {
	h := NewHistogram()
	for i := range 1000 {
		h.Record(time.Duration(i+1) * time.Microsecond)
	}
	h.Record(0)
	h.Record(time.Hour)
	bins := h.Bins()
	for _, q := range []struct{ part, want float64 }{{0.5, 500e3}, {0.99, 990e3}, {1, float64(longest)}} {
		if got := Quantile(bins, q.part); math.Abs(got-q.want) > 0.02*q.want {
			t.Errorf("the quantile %g is %g, want %g", q.part, got, q.want)
		}
	}
	if got := Quantile(nil, 0.5); got != 0 {
		t.Errorf("nothing has the median %g", got)
	}
}

func TestThisMachine(t *testing.T) {
	m := ThisMachine(t.Context())
	if m.ID == "" || m.Cores < 1 || m.Commit == "" || m.Platform == "" {
		t.Errorf("%+v", m)
	}
	other := *m
	other.Cores++
	if other.identify() == m.ID {
		t.Error("a machine with another core has the same ID")
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0.4, Nanoseconds, "0.40 ns"},
		{2.8e-8, Nanoseconds, "< 0.01 ns"},
		{0, Nanoseconds, "0.00 ns"},
		{1234, Nanoseconds, "1.23 µs"},
		{99.96e6, Nanoseconds, "100 ms"},
		{26, Bytes, "26.0 B"},
		{2.5e9, "B/s", "2.50 GB/s"},
		{97.25, Percent, "97.2 %"},
		{math.NaN(), Ratio, "–"},
	} {
		if got := Format(c.value, c.unit); got != c.want {
			t.Errorf("%g %s is written %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

func BenchmarkHistogram(b *testing.B) {
	h := NewHistogram()
	i := 0
	for b.Loop() {
		i++
		h.Record(time.Duration(i&0xfffff) * time.Nanosecond)
	}
}

// Samples of one block say little of another's: an interval is of the blocks'
// medians where there are enough.
func TestBlocks(t *testing.T) {
	m := Merger{}
	for block := range 6 {
		at := float64(100 * (1 + block))
		m.Add(Row{
			Category: "a", Workload: "b", Subject: "c", Unit: Nanoseconds, Samples: []float64{at, at + 1, at + 50},
			Histogram: []Bin{{Lo: 100, Hi: 199, Count: 1}, {Lo: int64(at), Hi: int64(at) + 99, Count: 2}},
		})
		m.Add(Row{Category: "a", Workload: "b", Subject: "late", Unit: Nanoseconds, Missing: "not yet"})
	}
	m.Add(Row{Category: "a", Workload: "b", Subject: "late", Unit: Nanoseconds, Samples: []float64{1, 2}})
	rows := m.Rows()
	if len(rows) != 2 || len(rows[0].Samples) != 18 || !slices.Equal(rows[0].Blocks, []int{3, 3, 3, 3, 3, 3}) {
		t.Fatalf("the merged rows are %+v", rows)
	}
	s := rows[0].Summary()
	if s.Lo != 101 || s.Hi != 601 || s.Median != 375 {
		t.Errorf("the interval of six blocks is %v to %v round %v", s.Lo, s.Hi, s.Median)
	}
	var total int64
	for i, b := range rows[0].Histogram {
		total += b.Count
		if i > 0 && b.Lo <= rows[0].Histogram[i-1].Lo {
			t.Errorf("the bins are not in order: %v", rows[0].Histogram)
		}
	}
	if total != 18 || len(rows[0].Histogram) != 6 {
		t.Errorf("the merged histogram is %v", rows[0].Histogram)
	}
	if few := (&Row{Samples: []float64{1, 2, 1, 2, 1, 2}, Blocks: []int{2, 2, 2}}).Summary(); few.Bounded() || few.N != 6 {
		t.Errorf("six samples of three blocks have an interval: %+v", few)
	}
	if late := rows[1]; late.Missing != "" || len(late.Samples) != 2 || late.Summary().Bounded() {
		t.Errorf("what was late is %+v", late)
	}
}
