package main

import (
	"image"
	"image/color"
	"math"
)

// sky is a photographic plate: every body leaves light where it passes, in the
// colour of its cluster.
type sky struct {
	size  int
	light [2][]float64 // by cluster and pixel
}

// halfWidth is how far the picture reaches from its middle.
const halfWidth = 3

func newSky(size int) *sky {
	s := &sky{size: size}
	for c := range s.light {
		s.light[c] = make([]float64, size*size)
	}
	return s
}

func (s *sky) expose(sim *simulation) {
	body := 0
	sim.each(func(x, _, _ []float32) {
		// A body's light falls on the four pixels around it.
		u := (float64(x[0])/halfWidth + 1) / 2 * float64(s.size-1)
		v := (1 - float64(x[1])/halfWidth) / 2 * float64(s.size-1)
		left, top := int(math.Floor(u)), int(math.Floor(v))
		for dy := range 2 {
			for dx := range 2 {
				px, py := left+dx, top+dy
				if px < 0 || py < 0 || px >= s.size || py >= s.size {
					continue
				}
				weight := (1 - math.Abs(u-float64(px))) * (1 - math.Abs(v-float64(py)))
				s.light[body%2][py*s.size+px] += weight
			}
		}
		body++
	})
}

// image develops the plate: brightness grows with the logarithm of the light.
func (s *sky) image() image.Image {
	brightest := 0.0
	for i := range s.light[0] {
		brightest = max(brightest, s.light[0][i]+s.light[1][i])
	}
	tints := [2][3]float64{{1, 0.72, 0.42}, {0.45, 0.72, 1}}
	img := image.NewRGBA(image.Rect(0, 0, s.size, s.size))
	for i := range s.size * s.size {
		all := s.light[0][i] + s.light[1][i]
		var c [3]float64
		if all > 0 {
			bright := math.Log1p(20*all) / math.Log1p(20*brightest)
			for k := range c {
				mixed := (tints[0][k]*s.light[0][i] + tints[1][k]*s.light[1][i]) / all
				c[k] = bright * (mixed + (1-mixed)*bright*bright) // the brightest parts are white
			}
		}
		img.SetRGBA(i%s.size, i/s.size, color.RGBA{value(c[0]), value(c[1]), value(c[2]), 255})
	}
	return img
}

func value(v float64) uint8 { return uint8(255*min(max(v, 0), 1) + 0.5) }
