// Package browser looks at a page in a real headless browser: Chromium, or
// whatever speaks its protocol.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrNone is that there is no browser here.
var ErrNone = errors.New("browser: neither chromium-headless-shell, chromium, google-chrome nor chrome is in PATH")

// Find returns the path of a browser.
func Find() (string, error) {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Look is how a page is looked at.
type Look struct {
	Width, Height int64
	Dark          bool
	Print         bool // as on paper
}

// Page is a loaded page. One goroutine uses it.
type Page struct {
	ctx   context.Context
	close func()

	mu         sync.Mutex // guards what follows: events come on another goroutine
	complaints []string
	requests   []string
}

// Open starts a browser and loads a file. Close ends the browser.
func Open(ctx context.Context, file string, look Look) (*Page, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses root otherwise; the page is our own
	}
	allocator, endAllocator := chromedp.NewExecAllocator(ctx, options...)
	tab, endTab := chromedp.NewContext(allocator)
	p := &Page{ctx: tab, close: func() { endTab(); endAllocator() }}
	if err := p.load("file://"+filepath.ToSlash(file), look); err != nil {
		p.Close()
		return nil, fmt.Errorf("browser: %s: %w", path, err)
	}
	return p, nil
}

func (p *Page) load(url string, look Look) error {
	if err := chromedp.Listen(p.ctx, p.listen); err != nil {
		return err
	}
	if _, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if look.Print {
		media.Media = "print"
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		return err
	}
	viewport := chromedp.EmulateViewport(look.Width, look.Height)
	if look.Width < 600 {
		viewport = chromedp.EmulateViewport(look.Width, look.Height, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	return chromedp.Do(p.ctx, viewport, chromedp.Navigate(url))
}

func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			p.complaints = append(p.complaints, "console."+string(e.Type))
		}
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

// Complaints are the errors and warnings that the page has given so far.
func (p *Page) Complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.complaints
}

// Requests are what the page has loaded, itself first.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests
}

// Evaluate computes a JavaScript expression in the page.
func Evaluate[T any](p *Page, expression string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
}

// Screenshot is a PNG of what the window shows, from its top.
func (p *Page) Screenshot() ([]byte, error) {
	return chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
}

// Print is the page as a PDF.
func (p *Page) Print() ([]byte, error) {
	return chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
}

// Close ends the browser.
func (p *Page) Close() { p.close() }
