package measure

import (
	"fmt"
	"math"
)

// Format writes a value of a unit with three digits.
func Format(value float64, unit string) string {
	switch {
	case math.IsNaN(value):
		return "–"
	case unit == Nanoseconds:
		return scaled(value, "ns", scale{1e9, "s"}, scale{1e6, "ms"}, scale{1e3, "µs"})
	case unit == Bytes:
		return scaled(value, "B", scale{1e9, "GB"}, scale{1e6, "MB"}, scale{1e3, "kB"})
	case unit == "B/s":
		return scaled(value, "B/s", scale{1e9, "GB/s"}, scale{1e6, "MB/s"})
	case unit == "tasks/s":
		return scaled(value, "tasks/s", scale{1e6, "M tasks/s"})
	case unit == Percent:
		return fmt.Sprintf("%.1f %%", value)
	case unit == Ratio:
		return fmt.Sprintf("%.2f×", value)
	}
	return fmt.Sprintf("%.4g %s", value, unit)
}

type scale struct {
	size float64
	name string
}

func scaled(value float64, unit string, scales ...scale) string {
	for _, s := range scales {
		if math.Abs(value) >= s.size {
			return digits(value/s.size) + " " + s.name
		}
	}
	return digits(value) + " " + unit
}

// digits is %.3g without an exponent.
func digits(x float64) string {
	switch a := math.Abs(x); {
	case a >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case a >= 9.995:
		return fmt.Sprintf("%.1f", x)
	case a > 0 && a < 0.005:
		return "< 0.01"
	}
	return fmt.Sprintf("%.2f", x)
}
