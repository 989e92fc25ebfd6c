package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
)

// draw writes a picture with a bright square on dark ground.
func draw(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			c := color.RGBA{20, 40, 60, 255}
			if x >= 20 && x < 40 && y >= 10 && y < 30 {
				c = color.RGBA{200, 180, 160, 255}
			}
			img.Set(x, y, c)
		}
	}
	path := filepath.Join(t.TempDir(), "in.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return path
}

func filtered(t *testing.T, args ...string) *picture {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.png")
	var stdout, stderr bytes.Buffer
	if code := cli.Run(t.Context(), "imagefilter", run, append(args, "-i", draw(t), "-o", out), &stdout, &stderr); code != cli.OK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	p, err := read(out)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *picture) at(x, y int) []float32 { return p.values[3*(y*p.width+x):][:3] }

// A blur keeps a picture's mean, and is the plain double sum over its weights.
func TestBlur(t *testing.T) {
	in, err := read(draw(t))
	if err != nil {
		t.Fatal(err)
	}
	out := filtered(t, "-op", "blur", "-sigma", "1.5")
	weights := gaussian(1.5)
	radius := len(weights) / 2
	for _, at := range [][2]int{{0, 0}, {20, 10}, {30, 20}, {63, 47}, {39, 29}} {
		for c := range 3 {
			var want float64
			for dy := -radius; dy <= radius; dy++ {
				for dx := -radius; dx <= radius; dx++ {
					x, y := min(max(at[0]+dx, 0), in.width-1), min(max(at[1]+dy, 0), in.height-1)
					want += float64(weights[dx+radius]) * float64(weights[dy+radius]) * float64(in.at(x, y)[c])
				}
			}
			if got := float64(out.at(at[0], at[1])[c]); math.Abs(got-want) > 0.51 { // rounding to a byte
				t.Errorf("pixel %v, channel %d: %v, want %v", at, c, got, want)
			}
		}
	}
}

func TestSharpenLeavesFlatAreas(t *testing.T) {
	out := filtered(t, "-op", "sharpen", "-sigma", "1")
	if got := out.at(3, 40); got[0] != 20 || got[1] != 40 || got[2] != 60 {
		t.Errorf("a flat area became %v", got)
	}
	if inside, edge := out.at(30, 20)[0], out.at(20, 20)[0]; edge <= inside {
		t.Errorf("the inner edge is %v, no brighter than the middle, %v", edge, inside)
	}
}

func TestEdges(t *testing.T) {
	out := filtered(t, "-op", "edges")
	if flat, edge := out.at(5, 40)[0], out.at(20, 20)[0]; flat != 0 || edge < 100 {
		t.Errorf("flat area %v, edge %v", flat, edge)
	}
}

func TestBadInput(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.png")
	if err := os.WriteFile(text, []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.png")
	whole, err := os.ReadFile(draw(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	good := draw(t)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no input", []string{"-o", "x.png"}, "-i"},
		{"no output", []string{"-i", good}, "-o"},
		{"missing", []string{"-i", "no-such.png", "-o", "x.png"}, "no-such.png"},
		{"text", []string{"-i", text, "-o", "x.png"}, "text.png"},
		{"cut off", []string{"-i", cut, "-o", "x.png"}, "cut.png"},
		{"operation", []string{"-op", "fold", "-i", good, "-o", "x.png"}, "-op"},
		{"sigma", []string{"-sigma", "-1", "-i", good, "-o", "x.png"}, "-sigma"},
		{"format", []string{"-i", good, "-o", "x.bmp"}, "x.bmp"},
		{"device", []string{"-devices", "abacus:0", "-i", good, "-o", filepath.Join(t.TempDir(), "x.png")}, "abacus:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("TANDEM_DEVICES", "")
			var stdout, stderr bytes.Buffer
			code := cli.Run(t.Context(), "imagefilter", run, c.args, &stdout, &stderr)
			text := stderr.String()
			if code != cli.Failed || strings.Count(text, "\n") != 1 || !strings.Contains(text, c.want) {
				t.Errorf("exit code %d, stderr %q; want 1 and one line with %q", code, text, c.want)
			}
		})
	}
}
