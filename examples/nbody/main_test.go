package main

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

func nbody(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = cli.Run(t.Context(), "nbody", run, args, &out, &err)
	return code, out.String(), err.String()
}

func TestPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nbody.png")
	code, stdout, stderr := nbody(t, "-n", "64", "-steps", "20", "-size", "100", "-o", path)
	if code != cli.OK || !strings.Contains(stdout, "energy") {
		t.Fatalf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
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
	lit := 0
	for y := range 100 {
		for x := range 100 {
			if r, _, _, _ := img.At(x, y).RGBA(); r > 0 {
				lit++
			}
		}
	}
	if lit < 64 {
		t.Errorf("%d pixels are lit", lit)
	}
}

// Two bodies on a circle come back to where they began, with their energy.
func TestOrbit(t *testing.T) {
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// Half a unit of mass each, one apart: the softened pull gives the speed.
	pull := 0.5 / math.Pow(1+softening*softening, 1.5)
	speed := float32(math.Sqrt(pull * 0.5))
	sim := newSimulation(s, []float32{0.5, 0, 0, 0.5, -0.5, 0, 0, 0.5}, []float32{0, speed, 0, 0, 0, -speed, 0, 0})
	var tally report.Tally
	if err := sim.field(t.Context(), &tally); err != nil {
		t.Fatal(err)
	}
	before := sim.energy()
	const steps = 2000
	period := 2 * math.Pi * 0.5 / float64(speed)
	for range steps {
		if err := sim.step(t.Context(), float32(period/steps), &tally); err != nil {
			t.Fatal(err)
		}
	}
	if math.Hypot(float64(sim.bodies[0])-0.5, float64(sim.bodies[1])) > 1e-3 {
		t.Errorf("the first body is at %v, %v", sim.bodies[0], sim.bodies[1])
	}
	if drift := math.Abs(sim.energy()/before - 1); drift > 1e-4 {
		t.Errorf("the energy drifted by %v", drift)
	}
}

func TestBadInput(t *testing.T) {
	for _, args := range [][]string{{"-n", "1"}, {"-steps", "0"}, {"-dt", "0"}, {"-size", "4"}, {"-o", "/no/such/folder/x.png"}} {
		t.Run(args[0], func(t *testing.T) {
			code, _, stderr := nbody(t, args...)
			if code != cli.Failed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, args[0]) {
				t.Errorf("exit code %d, stderr %q; want 1 and one line with %s", code, stderr, args[0])
			}
		})
	}
}
