package main

import "github.com/tandem-go/tandem/kernels/kmath"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// ripple is the height of water, at a cell of a square pond, where waves from two
// stones meet. Its function is called by hand in the test; the launch that is made
// of it runs on every device.
//
//tandem:kernel
func ripple(y, x int, side int, time float32, stones [2]stone, height []float32) {
	sum := float32(0)
	for _, s := range stones {
		dx, dy := float32(x)-s.x, float32(y)-s.y
		d := kmath.Sqrt(dx*dx + dy*dy)
		if d < s.speed*time {
			sum += s.size * kmath.Cos(0.5*(d-s.speed*time)) / (1 + 0.05*d)
		}
	}
	height[y*side+x] = sum
}

// stone is where a stone has fallen, and the waves that it makes.
type stone struct{ x, y, size, speed float32 }
