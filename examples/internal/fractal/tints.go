package fractal

import (
	"image/color"

	"github.com/tandem-go/tandem/device"
)

// Tint is a device's colour in a tinted picture.
type Tint struct {
	Device string
	Name   string // of the colour
	Colour color.RGBA
}

// hues can be told apart also by those who see fewer colours (Okabe and Ito,
// Color Universal Design, 2008).
var hues = []Tint{
	{Name: "orange", Colour: color.RGBA{R: 0xff, G: 0xa5, B: 0x1f, A: 0xff}},
	{Name: "sky blue", Colour: color.RGBA{R: 0x56, G: 0xb4, B: 0xe9, A: 0xff}},
	{Name: "green", Colour: color.RGBA{R: 0x12, G: 0xb8, B: 0x86, A: 0xff}},
	{Name: "yellow", Colour: color.RGBA{R: 0xf0, G: 0xe4, B: 0x42, A: 0xff}},
	{Name: "purple", Colour: color.RGBA{R: 0xd9, G: 0x82, B: 0xb6, A: 0xff}},
	{Name: "vermilion", Colour: color.RGBA{R: 0xe8, G: 0x5d, B: 0x1a, A: 0xff}},
	{Name: "blue", Colour: color.RGBA{R: 0x2b, G: 0x7c, B: 0xd6, A: 0xff}},
	{Name: "white", Colour: color.RGBA{R: 0xf2, G: 0xf2, B: 0xf2, A: 0xff}},
}

// Tints gives each device a colour; a ninth one has the first's again.
func Tints(devices []device.Info) []Tint {
	tints := make([]Tint, len(devices))
	for i, d := range devices {
		tints[i] = hues[i%len(hues)]
		tints[i].Device = d.ID
	}
	return tints
}

// Colours is tints by device.
func Colours(tints []Tint) map[string]color.RGBA {
	colours := map[string]color.RGBA{}
	for _, t := range tints {
		colours[t.Device] = t.Colour
	}
	return colours
}
