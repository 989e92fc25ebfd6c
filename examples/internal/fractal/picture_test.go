package fractal

import (
	"image/color"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
)

func TestColoursSurviveTheRoundTripThroughLinearLight(t *testing.T) {
	for v := range 256 {
		want := color.RGBA{R: uint8(v), G: uint8(255 - v), B: uint8(v / 2), A: 0xff}
		if got := linear(want).encode(); got != want {
			t.Errorf("%v became %v", want, got)
		}
	}
}

func TestPaletteEndsInBlackAndHasNoJumps(t *testing.T) {
	const maxIter = 5000
	colours := palette(maxIter)
	if colours[maxIter] != (rgb{}) {
		t.Errorf("the set is %v", colours[maxIter])
	}
	for n := 20; n < maxIter-1; n++ {
		a, b := colours[n], colours[n+1]
		if d := max(b.r-a.r, a.r-b.r, b.g-a.g, a.g-b.g, b.b-a.b, a.b-b.b); d > 0.15 {
			t.Errorf("from count %d to the next the colour changes by %.2f", n, d)
		}
	}
}

func TestTintedHasTheColourOfTheDevice(t *testing.T) {
	p := Picture{Width: 2, Height: 2, PlaneWidth: 1, MaxIter: 10, Samples: 2, Counts: make([]int32, 16)}
	img := p.Tinted([]hybrid.Chunk{{Device: "a", Lo: 0, Hi: 8}, {Device: "b", Lo: 8, Hi: 16}},
		map[string]color.RGBA{"a": {R: 0xff, A: 0xff}, "b": {B: 0xff, A: 0xff}})
	for x := range 2 {
		if top := img.RGBAAt(x, 0); top.R == 0 || top.B > 0 {
			t.Errorf("pixel (%d, 0), computed by a, is %v", x, top)
		}
		if bottom := img.RGBAAt(x, 1); bottom.B == 0 || bottom.R > 0 {
			t.Errorf("pixel (%d, 1), computed by b, is %v", x, bottom)
		}
	}
}

func TestPlainGoCountsTheSame(t *testing.T) {
	p := Picture{Width: 90, Height: 70, CenterX: -0.7436, CenterY: 0.1318, PlaneWidth: 0.02, MaxIter: 777, Samples: 2}
	l, err := p.Launch()
	if err != nil {
		t.Fatal(err)
	}
	l.Run(0, l.N())
	counts, err := p.Plain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range counts {
		if counts[i] != p.Counts[i] {
			t.Fatalf("point %d: %d, want %d", i, counts[i], p.Counts[i])
		}
	}
	if counts[0]++; p.Same(counts) {
		t.Error("another picture is the same")
	}
}
