package main

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/hybrid"
)

func demo(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TANDEM_DEVICES", "")
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "demo", run, args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestDemo(t *testing.T) {
	for _, devices := range []string{"cpu", "*"} {
		dir := filepath.Join(t.TempDir(), "pictures")
		code, stdout, stderr := demo(t, "-width", "80", "-n", "65", "-rounds", "2", "-o", dir, "-devices", devices)
		if code != cli.OK || stderr != "" {
			t.Fatalf("%s: exit code %d\n%s%s", devices, code, stdout, stderr)
		}
		for _, want := range []string{"share", "busy", "cpu alone", "Tandem's choice", "every device", "the best single device", "gonum alone", "plain Go"} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: the output lacks %q:\n%s", devices, want, stdout)
			}
		}
		for _, name := range []string{"mandelbrot.png", "mandelbrot-who.png"} {
			f, err := os.Open(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if img, err := png.Decode(f); err != nil || img.Bounds().Dx() != 80 || img.Bounds().Dy() != 50 {
				t.Errorf("%s: %v", name, err)
			}
			_ = f.Close()
		}
	}
}

func TestAWrongResultFails(t *testing.T) {
	t.Setenv("TANDEM_DEVICES", "cpu")
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := newPicture(40)
	if err != nil {
		t.Fatal(err)
	}
	wrongPicture, wrongProduct := p.job(), newProduct(40).job()
	for _, j := range []*job{wrongPicture, wrongProduct} {
		// What is checked is what was there before.
		j.compute = func(context.Context, *hybrid.Scheduler, ...hybrid.LaunchOption) error { return nil }
		err := measure(t.Context(), s, j, 1, io.Discard, progress.New(io.Discard, ""))
		if err == nil || !strings.Contains(err.Error(), "differs") {
			t.Errorf("%s: %v", j.title, err)
		}
	}
}

func TestBadInput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"-rounds 0", "-n 0", "-n 99999", "-width 0", "-width 999999999", "-devices abacus", "-o " + file + "/a", "surplus"} {
		code, stdout, stderr := demo(t, append([]string{"-o", t.TempDir()}, strings.Fields(args)...)...)
		if code != cli.Failed || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

func TestInterrupted(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	var errs bytes.Buffer
	code := cli.Run(ctx, "demo", run, []string{"-o", t.TempDir()}, io.Discard, &errs)
	if code != cli.Interrupted || errs.String() != "demo: interrupted\n" {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}
