package measure

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress tells whoever waits what is measured, and how long it will take: a bar on
// a terminal, and elsewhere a line whenever a block or what is measured, up to its
// first slash, is another. A nil one tells nobody. One goroutine uses it.
type Progress struct {
	out   io.Writer
	bar   *progressbar.ProgressBar // nil where there is no terminal
	start time.Time
	last  string
}

// NewProgress begins to count the time.
func NewProgress(out io.Writer) *Progress {
	p := &Progress{out: out, start: time.Now()}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(1000, progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(20),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish())
	}
	return p
}

// Show says what is measured now, and what will take how long: "about", "at most",
// or "" for what isn't known.
func (p *Progress) Show(block, blocks int, what, how string, left time.Duration) {
	if p == nil {
		return
	}
	text := fmt.Sprintf("block %d of %d", block, blocks)
	done := 0.0
	if how != "" {
		text += fmt.Sprintf(", %s %s left", how, left.Round(time.Second))
		spent := time.Since(p.start)
		done = float64(spent) / float64(max(1, spent+left))
	}
	if p.bar != nil {
		p.bar.Describe(text + " " + what)
		_ = p.bar.Set(min(999, int(1000*done))) // a terminal that has gone away shows nothing
		return
	}
	if i := strings.IndexByte(what, '/'); i > 0 {
		what = what[:i]
	}
	if line := fmt.Sprint(block, what); line != p.last {
		p.last = line
		fmt.Fprintf(p.out, "%s: %s\n", text, what)
	}
}

// Clear takes the bar away, until something is measured again.
func (p *Progress) Clear() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
	}
}
