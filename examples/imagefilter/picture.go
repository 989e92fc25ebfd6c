package main

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// picture is a picture as numbers: rows of pixels, each of channels numbers from
// 0 to 255.
type picture struct {
	width, height, channels int
	values                  []float32
	alpha                   []uint8 // of each pixel; nil where all are opaque
}

// read decodes a PNG or JPEG.
func read(path string) (*picture, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s is no readable PNG or JPEG: %w", path, err)
	}
	return fromImage(img), nil
}

func fromImage(img image.Image) *picture {
	b := img.Bounds()
	p := &picture{width: b.Dx(), height: b.Dy(), channels: 3}
	p.values = make([]float32, 0, 3*p.width*p.height)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			p.values = append(p.values, float32(c.R), float32(c.G), float32(c.B))
			if c.A != 255 && p.alpha == nil {
				p.alpha = opaque(p.width * p.height)
			}
			if p.alpha != nil {
				p.alpha[len(p.values)/3-1] = c.A
			}
		}
	}
	return p
}

func opaque(n int) []uint8 {
	a := make([]uint8, n)
	for i := range a {
		a[i] = 255
	}
	return a
}

// gray is the picture's luminance, one number a pixel.
func (p *picture) gray() *picture {
	g := &picture{width: p.width, height: p.height, channels: 1, alpha: p.alpha}
	g.values = make([]float32, p.width*p.height)
	for i := range g.values {
		v := p.values[3*i:]
		g.values[i] = 0.2126*v[0] + 0.7152*v[1] + 0.0722*v[2]
	}
	return g
}

// image rounds the numbers to a picture that can be written.
func (p *picture) image() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, p.width, p.height))
	for i := range p.width * p.height {
		pixel := img.Pix[4*i : 4*i+4]
		for c := range 3 {
			pixel[c] = toByte(p.values[p.channels*i+min(c, p.channels-1)])
		}
		pixel[3] = 255
		if p.alpha != nil {
			pixel[3] = p.alpha[i]
		}
	}
	return img
}

func toByte(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// encoderFor chooses by the ending of a file's name.
func encoderFor(path string) (func(io.Writer, image.Image) error, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png":
		return png.Encode, nil
	case ".jpg", ".jpeg":
		return func(w io.Writer, img image.Image) error {
			return jpeg.Encode(w, img, &jpeg.Options{Quality: 92})
		}, nil
	}
	return nil, fmt.Errorf("%s: the name must end in .png, .jpg or .jpeg", path)
}
