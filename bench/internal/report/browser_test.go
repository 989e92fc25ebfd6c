package report_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/bench/internal/browser"
	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/report"
)

// load makes the page of the committed results and opens it.
func load(t *testing.T, look browser.Look) *browser.Page {
	t.Helper()
	results, err := measure.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(report.Write(f, "results.jsonl", results), f.Close()); err != nil {
		t.Fatal(err)
	}
	page, err := browser.Open(t.Context(), path, look)
	if errors.Is(err, browser.ErrNone) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Close)
	return page
}

func evaluate[T any](t *testing.T, page *browser.Page, expression string) T {
	t.Helper()
	value, err := browser.Evaluate[T](page, expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// keep writes what the browser has made to the folder TANDEM_SCREENSHOTS, for
// somebody to look at.
func keep(t *testing.T, name string, content []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("TANDEM_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// On a desk and on a phone, light and dark, the page needs nothing but itself,
// complains of nothing, and is nowhere wider than the window; every chart has a
// size, and no letter of one is too small to read.
func TestInBrowser(t *testing.T) {
	for _, c := range []struct {
		name string
		look browser.Look
	}{
		{"desk-light", browser.Look{Width: 1280, Height: 900}},
		{"desk-dark", browser.Look{Width: 1280, Height: 900, Dark: true}},
		{"phone-light", browser.Look{Width: 360, Height: 780}},
		{"phone-dark", browser.Look{Width: 360, Height: 780, Dark: true}},
		{"paper", browser.Look{Width: 720, Height: 1040, Print: true}}, // A4 within its margins
	} {
		t.Run(c.name, func(t *testing.T) {
			page := load(t, c.look)
			if got := page.Requests(); len(got) != 1 {
				t.Errorf("the page loads %q, want itself alone", got)
			}
			if got := page.Complaints(); len(got) > 0 {
				t.Errorf("the page complains: %q", got)
			}
			if wide := evaluate[float64](t, page, `document.documentElement.scrollWidth`); wide > float64(c.look.Width) {
				t.Errorf("the page is %g pixels wide in a window of %d", wide, c.look.Width)
			}
			over := evaluate[[]string](t, page, `[...document.querySelectorAll('article, figure, h1, h2, h3, p, td, th, svg')]
				.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + ' ' + e.textContent.slice(0, 40))`)
			if len(over) > 0 {
				t.Errorf("these reach beyond the window: %q", over)
			}
			if n := evaluate[int](t, page, `document.querySelectorAll('figure svg, .strip svg').length`); n < 50 {
				t.Errorf("the page has %d charts", n)
			}
			flat := evaluate[[]string](t, page, `[...document.querySelectorAll('svg')].filter(e => {
				const b = e.getBoundingClientRect(); return b.width < 50 || b.height < 10 }).map(e => e.getAttribute('aria-label'))`)
			if len(flat) > 0 {
				t.Errorf("these charts have no size: %q", flat)
			}
			small := evaluate[float64](t, page, `Math.min(...[...document.querySelectorAll('figure svg')].map(e =>
				11 * e.getBoundingClientRect().width / e.viewBox.baseVal.width))`)
			if small < 8 {
				t.Errorf("letters of a chart are %.1f pixels high", small)
			}
			outside := evaluate[[]string](t, page, `[...document.querySelectorAll('figure svg text')].filter(e => {
				const t = e.getBoundingClientRect(), s = e.ownerSVGElement.getBoundingClientRect();
				return t.left < s.left - 1 || t.right > s.right + 1 || t.bottom > s.bottom + 1 }).map(e => e.textContent)`)
			if len(outside) > 0 {
				t.Errorf("these words of charts are cut off: %q", outside)
			}
			// WCAG 2, 1.4.3: the contrast of words and page.
			contrast := evaluate[float64](t, page, `(() => {
				const part = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
				const light = c => { const [r, g, b] = c.match(/[\d.]+/g).map(Number); return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b) };
				const s = getComputedStyle(document.body), a = light(s.color), b = light(s.backgroundColor);
				return (b > a ? 1 : -1) * (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) })()`)
			if c.look.Dark && contrast > -7 || !c.look.Dark && contrast < 7 {
				t.Errorf("the contrast is %.1f (negative is light on dark)", contrast)
			}
			png, err := page.Screenshot()
			keep(t, c.name+".png", png, err)
			if !bytes.HasPrefix(png, []byte("\x89PNG")) {
				t.Error("the screenshot is no PNG")
			}
		})
	}
}

// Everything the page says can be looked up: each row has its line.
func TestTraceable(t *testing.T) {
	page := load(t, browser.Look{Width: 1280, Height: 900})
	lost := evaluate[[]string](t, page, `[...document.querySelectorAll('.comparisons tr:not(.more)')]
		.filter(e => !/^L\d+$/.test(e.querySelector('.line')?.textContent ?? '')).map(e => e.textContent)`)
	if len(lost) > 0 {
		t.Errorf("rows without their line: %q", lost)
	}
}

func TestPrint(t *testing.T) {
	page := load(t, browser.Look{Width: 1280, Height: 900})
	pdf, err := page.Print()
	keep(t, "print.pdf", pdf, err)
	if !bytes.HasPrefix(pdf, []byte("%PDF")) || !strings.Contains(string(pdf[max(0, len(pdf)-64):]), "%%EOF") {
		t.Error("the printed page is no PDF")
	}
}
