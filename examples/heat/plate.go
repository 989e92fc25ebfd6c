package main

import (
	"image"
	"image/color"
	"image/gif"
	"math"
)

// plate is the first state of a square plate: hot and cold spots and a glowing
// bar, between borders that are kept at different temperatures from 0 to 1.
func plate(size int) []float32 {
	t := make([]float32, size*size)
	for y := range size {
		for x := range size {
			u, v := float64(x)/float64(size-1), float64(y)/float64(size-1)
			t[y*size+x] = float32(temperature(u, v))
		}
	}
	return t
}

// temperature is that of a place on the unit square at the beginning.
func temperature(u, v float64) float64 {
	inside := func(cx, cy, r float64) bool { return math.Hypot(u-cx, v-cy) < r }
	switch {
	case v == 0:
		return 0.5 + 0.5*math.Cos(3*math.Pi*u) // a border with three waves
	case v == 1 || u == 0 || u == 1:
		return 0
	case inside(0.3, 0.35, 0.13), inside(0.72, 0.62, 0.09):
		return 1
	case inside(0.3, 0.35, 0.2), inside(0.62, 0.25, 0.08):
		return 0
	case math.Abs(v-0.82) < 0.03 && u > 0.15 && u < 0.85:
		return 0.9
	}
	return 0.25
}

func side(grid []float32) int { return int(math.Sqrt(float64(len(grid)))) }

// glow is the palette: the colours of glowing metal, dark to white.
var glow = func() color.Palette {
	stops := []color.RGBA{
		{6, 6, 18, 255},
		{45, 11, 80, 255},
		{125, 22, 96, 255},
		{205, 50, 62, 255},
		{245, 120, 24, 255},
		{252, 195, 60, 255},
		{255, 252, 225, 255},
	}
	var p color.Palette
	for i := range 256 {
		at := float64(i) / 255 * float64(len(stops)-1)
		n := min(int(at), len(stops)-2)
		f := at - float64(n)
		mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-f) + float64(b)*f + 0.5) }
		a, b := stops[n], stops[n+1]
		p = append(p, color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255})
	}
	return p
}()

// addFrame appends a picture of the grid. The last one stays for two seconds.
func addFrame(g *gif.GIF, grid []float32) {
	size := side(grid)
	img := image.NewPaletted(image.Rect(0, 0, size, size), glow)
	for i, t := range grid {
		// The root shows the cool parts better.
		img.Pix[i] = uint8(255*math.Sqrt(float64(min(max(t, 0), 1))) + 0.5)
	}
	if n := len(g.Delay); n > 0 {
		g.Delay[n-1] = 5 // hundredths of a second
	}
	g.Image, g.Delay = append(g.Image, img), append(g.Delay, 200)
}
