package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/hybrid"
)

// mandelbrot runs the program in its own cache folder.
func mandelbrot(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TANDEM_DEVICES", "")
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "mandelbrot", run, args, &out, &errs)
	return code, out.String(), errs.String()
}

func picture(t *testing.T, args ...string) image.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.png")
	code, stdout, stderr := mandelbrot(t, append(args, "-o", path)...)
	if code != cli.OK || !strings.Contains(stdout, "wrote "+path) {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func devices(t *testing.T) (ids []string) {
	t.Helper()
	t.Setenv("TANDEM_DEVICES", "")
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Devices() {
		ids = append(ids, d.ID)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return ids
}

var region = []string{"-size", "97x61", "-center", "-0.7436,0.1318", "-width", "0.012", "-iter", "500"}

func TestTheSamePictureOnEachDevice(t *testing.T) {
	var want image.Image
	for _, id := range append(devices(t), "*") {
		got := picture(t, append(region, "-devices", id)...)
		if got.Bounds() != image.Rect(0, 0, 97, 61) {
			t.Fatalf("%s: a picture of %v", id, got.Bounds())
		}
		if want == nil {
			want = got
		}
		for y := range 61 {
			for x := range 97 {
				if got.At(x, y) != want.At(x, y) {
					t.Fatalf("%s: pixel (%d, %d) is %v, want %v", id, x, y, got.At(x, y), want.At(x, y))
				}
			}
		}
	}
}

func TestTheSetIsBlackAndTheRestIsNot(t *testing.T) {
	img := picture(t, "-size", "60x40", "-devices", "cpu")
	black := color.RGBA{A: 0xff}
	if c := color.RGBAModel.Convert(img.At(30, 20)); c != black {
		t.Errorf("the middle is %v", c)
	}
	if c := color.RGBAModel.Convert(img.At(0, 0)); c == black {
		t.Error("the corner is black")
	}
}

// reddish tells orange, the first device's tint, from the second's sky blue.
func reddish(c color.Color) bool {
	r, _, b, _ := c.RGBA()
	return r > b
}

func TestWhoShowsEveryDevice(t *testing.T) {
	ids := devices(t)
	img := picture(t, "-who", "-size", "256x256", "-devices", strings.Join(ids, ","))
	orange, other := 0, 0
	for y := range 256 {
		for x := range 256 {
			if reddish(img.At(x, y)) {
				orange++
			} else {
				other++
			}
		}
	}
	if orange == 0 || len(ids) == 2 && other == 0 || len(ids) == 1 && other > 0 {
		t.Errorf("with %v, %d pixels are orange and %d are not", ids, orange, other)
	}
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args string
		want string
	}{
		{"-size 0x5", "size 0×5"},
		{"-size 5", "-size"},
		{"-size 99999999x99999999", "size"},
		{"-size 9x-9", "size 9×-9"},
		{"-center 1", "-center"},
		{"-center NaN,0", "centre"},
		{"-width 0", "width 0"},
		{"-width 1e-30", "width 1e-30"},
		{"-width Inf", "width"},
		{"-iter 0", "0 iterations"},
		{"-iter 99999999999", "iterations"},
		{"-samples 0", "0 samples"},
		{"-devices abacus", "abacus"},
		{"-devices ,", "device"},
		{"-o " + dir, dir},
		{"-o " + dir + "/absent/a.png", "absent"},
		{"surplus", "surplus"},
	} {
		args := strings.Fields(c.args)
		if !strings.Contains(c.args, "-o") {
			args = append([]string{"-o", filepath.Join(dir, "a.png")}, args...)
		}
		code, stdout, stderr := mandelbrot(t, args...)
		if code != cli.Failed || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d\n%s%s", c.args, code, stdout, stderr)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("files left: %v, %v", files, err)
	}
}

func TestInterrupted(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	path := filepath.Join(t.TempDir(), "a.png")
	var out, errs bytes.Buffer
	code := cli.Run(ctx, "mandelbrot", run, []string{"-o", path}, &out, &errs)
	if code != cli.Interrupted || errs.String() != "mandelbrot: interrupted\n" {
		t.Errorf("exit code %d\n%s%s", code, &out, &errs)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a picture")
	}
}
