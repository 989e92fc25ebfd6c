// Package progress shows how far a long run is, to a person at a terminal.
package progress

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Bar is a progress bar. Where nobody watches it shows nothing and costs next to
// nothing. It is for one goroutine at a time.
type Bar struct {
	bar *progressbar.ProgressBar // nil where nobody watches
}

// New returns a bar on w, which is shown only if w is a terminal. what names the
// work.
func New(w io.Writer, what string) *Bar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &Bar{}
	}
	return &Bar{bar: shown(w, what)}
}

func shown(w io.Writer, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(50*time.Millisecond),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
	)
}

// Set shows that done of total is finished. Its shape is that of the function
// that hybrid.Progress takes.
func (b *Bar) Set(done, total int) {
	if b.bar == nil || total <= 0 {
		return
	}
	if b.bar.GetMax() != total {
		b.bar.ChangeMax(total)
	}
	// Where a terminal has gone away, the run goes on without its bar.
	if b.bar.Set(done) != nil {
		b.bar = nil
	}
}

// Close takes the bar off the terminal, also in the middle of a run.
func (b *Bar) Close() {
	if b.bar != nil {
		_ = b.bar.Clear() // as in Set
		b.bar = nil
	}
}
