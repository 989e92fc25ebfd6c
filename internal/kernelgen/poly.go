package kernelgen

import (
	"fmt"
	"slices"
	"strings"
)

// poly is a polynomial with integer coefficients over variables of a kernel: its
// keys are products of their names, sorted and joined by '*'; the constant has
// the empty key. Zero terms are left out.
type poly map[string]int64

func constant64(v int64) poly {
	if v == 0 {
		return poly{}
	}
	return poly{"": v}
}

func symbol(name string) poly { return poly{name: 1} }

func (p poly) plus(q poly, factor int64) poly {
	sum := poly{}
	for k, v := range p {
		sum[k] = v
	}
	for k, v := range q {
		if sum[k] += factor * v; sum[k] == 0 {
			delete(sum, k)
		}
	}
	return sum
}

func (p poly) times(q poly) poly {
	product := poly{}
	for a, x := range p {
		for b, y := range q {
			var names []string
			for _, key := range []string{a, b} {
				if key != "" {
					names = append(names, strings.Split(key, "*")...)
				}
			}
			slices.Sort(names)
			key := strings.Join(names, "*")
			if product[key] += x * y; product[key] == 0 {
				delete(product, key)
			}
		}
	}
	return product
}

// value is the polynomial's value if it is a constant.
func (p poly) value() (int64, bool) {
	if len(p) == 0 {
		return 0, true
	}
	v, ok := p[""]
	return v, ok && len(p) == 1
}

func (p poly) is(v int64) bool {
	got, ok := p.value()
	return ok && got == v
}

func (p poly) equal(q poly) bool { return len(p.plus(q, -1)) == 0 }

// split is p as factor*name + rest, where rest has no name; false if p holds a
// power of name.
func (p poly) split(name string) (factor, rest poly, ok bool) {
	factor, rest = poly{}, poly{}
	for key, v := range p {
		names := strings.Split(key, "*")
		at := slices.Index(names, name)
		if at < 0 {
			rest[key] = v
			continue
		}
		names = slices.Delete(names, at, at+1)
		if slices.Contains(names, name) {
			return nil, nil, false
		}
		factor[strings.Join(names, "*")] = v
	}
	return factor, rest, true
}

// keys are the terms in a fixed order: those with most factors first, the
// constant last.
func (p poly) keys() []string {
	keys := make([]string, 0, len(p))
	for k := range p {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if a == "" || b == "" {
			return len(b) - len(a)
		}
		if d := strings.Count(b, "*") - strings.Count(a, "*"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return keys
}

// format is the polynomial as an expression of Go; name prints a variable.
func (p poly) format(name func(string) string) string {
	if len(p) == 0 {
		return "0"
	}
	var b strings.Builder
	for _, key := range p.keys() {
		v := p[key]
		sign := "+"
		if v < 0 {
			sign, v = "-", -v
		}
		switch {
		case b.Len() > 0:
			b.WriteString(sign)
		case sign == "-":
			b.WriteString("-")
		}
		var factors []string
		if v != 1 || key == "" {
			factors = append(factors, fmt.Sprint(v))
		}
		if key != "" {
			for _, n := range strings.Split(key, "*") {
				factors = append(factors, name(n))
			}
		}
		b.WriteString(strings.Join(factors, "*"))
	}
	return b.String()
}

func (p poly) String() string { return p.format(func(n string) string { return n }) }

func splitKey(key string) []string {
	if key == "" {
		return nil
	}
	return strings.Split(key, "*")
}

// multipleOf is the constant c if p is c*name.
func (p poly) multipleOf(name string) (int64, bool) {
	v, ok := p[name]
	return v, ok && len(p) == 1
}
