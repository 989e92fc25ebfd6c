package fractal

import (
	"image/color"
	"math"
)

// stops are the colours that the palette goes through, in linear light, as
// counts grow: night, deep water, ice, sand, ember and back to night.
var stops = []rgb{
	linear(color.RGBA{R: 0x05, G: 0x07, B: 0x24, A: 0xff}),
	linear(color.RGBA{R: 0x12, G: 0x49, B: 0x9b, A: 0xff}),
	linear(color.RGBA{R: 0xdf, G: 0xf4, B: 0xf7, A: 0xff}),
	linear(color.RGBA{R: 0xf6, G: 0xb4, B: 0x3c, A: 0xff}),
	linear(color.RGBA{R: 0x9a, G: 0x2b, B: 0x1f, A: 0xff}),
}

// rgb is a colour in linear light, each part from 0 to 1: what may be averaged.
type rgb struct{ r, g, b float64 }

func (c rgb) add(o rgb) rgb            { return rgb{c.r + o.r, c.g + o.g, c.b + o.b} }
func (c rgb) times(f float64) rgb      { return rgb{c.r * f, c.g * f, c.b * f} }
func (c rgb) mix(o rgb, f float64) rgb { return c.times(1 - f).add(o.times(f)) }

// luminance is how bright the eye finds c (ITU-R BT.709).
func (c rgb) luminance() float64 { return 0.2126*c.r + 0.7152*c.g + 0.0722*c.b }

// linear undoes the sRGB transfer curve (IEC 61966-2-1).
func linear(c color.RGBA) rgb {
	part := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return rgb{part(c.R), part(c.G), part(c.B)}
}

func (c rgb) encode() color.RGBA {
	part := func(x float64) uint8 {
		x = min(max(x, 0), 1)
		if x <= 0.0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - 0.055
		}
		return uint8(math.Round(255 * x))
	}
	return color.RGBA{R: part(c.r), G: part(c.g), B: part(c.b), A: 0xff}
}

// palette has the colour of each count up to maxIter, which is black. It depends
// on nothing else, so that equal counts make equal pictures. The colours pass by
// with the logarithm of the count: bands far out are as wide as those near the
// set, where counts grow fast.
func palette(maxIter int) []rgb {
	colours := make([]rgb, maxIter+1)
	for n := range maxIter {
		at := 1.35 * math.Log2(1+float64(n)/3)
		i := int(at)
		from, to := stops[i%len(stops)], stops[(i+1)%len(stops)]
		f := at - float64(i)
		colours[n] = from.mix(to, f*f*(3-2*f))
	}
	return colours
}
