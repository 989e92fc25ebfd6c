package main

import (
	"bytes"
	"image/gif"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

func heat(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = cli.Run(t.Context(), "heat", run, args, &out, &err)
	return code, out.String(), err.String()
}

func TestAnimation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heat.gif")
	if code, _, stderr := heat(t, "-size", "40", "-steps", "100", "-frames", "10", "-o", path); code != cli.OK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := gif.DecodeAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 11 || g.Image[0].Bounds().Dx() != 40 {
		t.Errorf("%d pictures of %v", len(g.Image), g.Image[0].Bounds())
	}
	if bytes.Equal(g.Image[0].Pix, g.Image[10].Pix) {
		t.Error("nothing has moved")
	}
}

// A sine wave over the plate decays by a known factor in each step: it is an
// eigenvector of the five-point operator.
func TestDecay(t *testing.T) {
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const size, steps, k = 33, 50, 0.2
	start := make([]float32, size*size)
	for y := range size {
		for x := range size {
			start[y*size+x] = float32(math.Sin(math.Pi*float64(x)/(size-1)) * math.Sin(math.Pi*float64(y)/(size-1)))
		}
	}
	var tally report.Tally
	g, err := simulate(t.Context(), s, start, k, steps, 1, &tally, &progress.Bar{})
	if err != nil {
		t.Fatal(err)
	}
	// The middle, as the palette shows it.
	want := math.Pow(1-8*k*math.Pow(math.Sin(math.Pi/(2*(size-1))), 2), steps)
	got := math.Pow(float64(g.Image[1].Pix[16*size+16])/255, 2)
	if math.Abs(got-want) > 2.0/255 {
		t.Errorf("the middle is %v after %d steps, want %v", got, steps, want)
	}
}

func TestBadInput(t *testing.T) {
	for _, args := range [][]string{
		{"-size", "2"},
		{"-frames", "0"},
		{"-steps", "3", "-frames", "4"},
		{"-k", "0.3"},
		{"-o", filepath.Join(t.TempDir(), "no", "folder.gif")},
	} {
		t.Run(args[0], func(t *testing.T) {
			code, _, stderr := heat(t, args...)
			if code != cli.Failed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, args[0]) {
				t.Errorf("exit code %d, stderr %q; want 1 and one line with %s", code, stderr, args[0])
			}
		})
	}
}
