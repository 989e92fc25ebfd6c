package philox

import (
	"math"
	"testing"
)

// The known answers that the authors publish with their library, Random123.
func TestKnownAnswers(t *testing.T) {
	const ones = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{ones, ones, ones, ones}, [2]uint32{ones, ones}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
			[2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		if got := Four(c.counter, c.key); got != c.want {
			t.Errorf("%x with key %x gives %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

func TestUniform(t *testing.T) {
	var sum, squares float64
	const n = 100_000
	for i := range uint32(n) {
		r := Four([4]uint32{i}, [2]uint32{7})
		x, y := float64(Float32(r[0])), Float64(r[1], r[2])
		if x < 0 || x >= 1 || y < 0 || y >= 1 {
			t.Fatalf("%v and %v", x, y)
		}
		sum += x + y
		squares += x*x + y*y
	}
	mean, variance := sum/(2*n), squares/(2*n)-sum*sum/(4*n*n)
	// Five standard deviations of a mean of 2n uniform numbers.
	if math.Abs(mean-0.5) > 5*math.Sqrt(1.0/12/(2*n)) || math.Abs(variance-1.0/12) > 0.002 {
		t.Errorf("mean %v, variance %v", mean, variance)
	}
	if Float32(0xffffffff) != 1-0x1p-24 || Float64(0xffffffff, 0xffffffff) != 1-0x1p-53 {
		t.Error("the largest number is not the last one below 1")
	}
}
