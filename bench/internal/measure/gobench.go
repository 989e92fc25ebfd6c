package measure

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/perf/benchfmt"
)

// WriteGo writes every sample as a line of Go's benchmark format, for benchstat
// and whatever else reads it.
func WriteGo(out io.Writer, results *Results) error {
	w := benchfmt.NewWriter(out)
	m := results.Machine()
	for i := range results.Rows {
		row := &results.Rows[i]
		for _, sample := range row.Samples {
			result := &benchfmt.Result{
				Name:   benchfmt.Name(capital(row.Name())),
				Iters:  1,
				Values: []benchfmt.Value{{Value: sample, Unit: row.Unit}},
			}
			for _, c := range [][2]string{
				{"goos", cut(m.Platform, 0)},
				{"goarch", cut(m.Platform, 1)},
				{"pkg", "github.com/tandem-go/tandem/bench"},
				{"cpu", m.CPU},
				{"machine", row.Machine},
				{"commit", row.Commit},
				{"device", row.Device},
				{"driver", row.Driver},
			} {
				result.SetConfig(c[0], c[1])
			}
			for i := range result.Config {
				result.Config[i].File = true
			}
			if err := w.Write(result); err != nil {
				return err
			}
		}
	}
	return nil
}

func cut(platform string, part int) string {
	system, processor, _ := strings.Cut(platform, "/")
	return []string{system, processor}[part]
}

// capital makes a benchmark's name of a row's: Benchmark is followed by a capital.
func capital(name string) string {
	return string(unicode.ToUpper(rune(name[0]))) + name[1:]
}
