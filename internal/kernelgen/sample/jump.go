package sample

import "github.com/tandem-go/tandem/kernels"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// primes counts the primes among eight numbers.
//
//tandem:kernel
func primes(i int, counts []int32) {
	n := int32(0)
numbers:
	for j := range 8 {
		v := uint32(8*i + j)
		if v < 2 {
			continue
		}
		//tandem:turns 4000
		for d := uint32(2); d*d <= v; d++ {
			if v%d == 0 {
				continue numbers
			}
		}
		n++
	}
	counts[i] = n
}

// sought finds where a row's first two equal elements are that are no zeros.
//
//tandem:kernel
func sought(i int, cols int, a, at []int32) {
	at[2*i], at[2*i+1] = -1, -1
rows:
	for j := range cols {
		for k := 0; k < j; k++ {
			switch v := a[i*cols+k]; {
			case a[i*cols+j] == 0:
				continue rows
			case v == 0:
				continue
			case v == a[i*cols+j]:
				at[2*i], at[2*i+1] = int32(k), int32(j)
				break rows
			}
		}
	}
}

// maze leaves and goes on with three loops and two switches, from anywhere in them.
//
//tandem:kernel
func maze(i int, x, y []uint32) {
	v, n := x[i], uint32(0)
	//tandem:turns 6
outer:
	for a, b := 0, uint32(1); a < 6; a, b = a+1, b*3 {
		v = v*1664525 + 1013904223
	middle:
		for c := range uint32(5) {
			v ^= v >> 13
		chosen:
			switch v & 7 {
			case 0:
				continue outer
			case 1:
				n += c
				for d := range 4 {
					switch v >> d & 15 {
					case 0:
						break chosen
					case 1:
						continue middle
					case 2:
						break middle
					case 3:
						continue outer
					case 4:
						break outer
					case 5:
						if n&1 == 0 {
							break
						}
						n--
					case 6:
						continue
					case 7:
						y[i] = n
						return
					default:
						n = n*31 + b
					}
					n++
				}
				n += 7
			case 2:
				break
			case 3:
				if c == 3 {
					break chosen
				}
				continue
			case 4:
				if n > 1<<30 {
					break outer
				}
				break middle
			default:
				v += n
			}
			n += 3
		}
		n ^= b
	}
	y[i] = n
}

// endless has loops without conditions.
//
//tandem:kernel
func endless(i int, x []int32, y []int32) {
	n, v := int32(0), x[i]&0xffff
	//tandem:turns 110
outer:
	for {
		n++
		//tandem:turns 10
		for {
			v += 3
			if v%7 == 0 {
				continue outer
			}
			if v > 0x10000-v || n > 100 {
				break outer
			}
			v++
		}
	}
	//tandem:turns 1
once:
	for {
		//tandem:turns 10
		for {
			if n++; n%5 == 0 {
				break once
			}
		}
	}
	y[i] = n ^ v
}

// nearest is the place of the first of a row's elements that is close to one of
// those wanted, and len(wanted) rows behind if there is none.
//
//tandem:device
func nearest(wanted [4]float32, v, reach float32) int32 {
	found := int32(-1)
search:
	for j, w := range wanted {
		for s := range 3 {
			if d := w*float32(s) - v; d < reach && d > -reach {
				found = int32(3*j + s)
				break search
			}
		}
	}
	return found
}

// closest calls a function that leaves two loops.
//
//tandem:kernel
func closest(i int, wanted [4]float32, reach float32, x []float32, y []int32) {
	y[i] = nearest(wanted, x[i], reach)
}

// falls has clauses that go on with the next one's.
//
//tandem:kernel
func falls(i int, x, y []int32) {
	v, n := x[i], int32(0)
	for k := range int32(6) {
		switch v & 15 {
		case 0, 1:
			n += 1
			fallthrough
		case 2:
			n *= 3
			if n > 100 {
				break
			}
			fallthrough
		case 3:
			n += 5
		case 4:
			n ^= 1
			fallthrough
		default:
			n += k
			fallthrough
		case 5:
			n -= 2
		case 6:
			if k == 2 {
				continue
			}
			fallthrough
		case 7:
			n--
		}
		switch {
		case n > 50:
			n -= 100
			fallthrough
		case v > 9:
			n++
		}
		v >>= 1
	}
	y[i] = n
}

// crossings counts the pairs of elements before the first that is negative.
//
//tandem:kernel
//tandem:reduce sum
func crossings(i int, x []int32) int32 {
	n := int32(0)
all:
	for j := range 4 {
		for k := range j {
			if x[4*i+j] < 0 {
				break all
			}
			if x[4*i+k] > x[4*i+j] {
				n++
			}
		}
	}
	return n
}

// rounds has a group leave its rounds together: as many as its number says.
//
//tandem:kernel
//tandem:group 64
func rounds(g kernels.Group, limit int, x, y []int32) {
	board := kernels.Shared[[64]int32](g)
	l := g.Local()
	v := x[g.Global()]
round:
	for r := range 8 {
		for s := range 3 {
			if r*s > limit+g.Index() {
				break round
			}
			if s > 0 && (r+g.Index())%3 == 0 {
				continue round
			}
			board[l] = v
			g.Barrier()
			v = v*5 + board[(l+s+1)%64]
			g.Barrier()
		}
		if kernels.GroupSum(g, v)&1 == 0 {
			continue round
		}
		v += int32(r)
	}
	y[g.Global()] = v
}

// parted has the invocations of a group leave loops on their own, and meet again.
//
//tandem:kernel
//tandem:group 64
func parted(g kernels.Group, x, y []int32) {
	board := kernels.Shared[[64]int32](g)
	l := g.Local()
	v, n := x[g.Global()], int32(0)
	for r := range int32(3) {
	mine:
		for j := range int32(4) {
			for k := range j {
				switch {
				case v>>(j+k)&3 == 3:
					continue mine
				case v+n == k:
					break mine
				}
				n += k + r
			}
		}
		board[l] = n
		g.Barrier()
		v ^= board[63-l]
		g.Barrier()
	}
	y[g.Global()] = v
}

//tandem:device
func split(v, limit int32) (quotient, rest int32, small bool) {
	rest = v
	for range 100 {
		if rest < limit {
			small = quotient == 0
			return
		}
		if rest -= limit; rest == 7 {
			return quotient, -1, false
		}
		quotient++
	}
	return
}

//tandem:device
func leading(x []int32, at int, limit int32) (count int32) {
	for k := range 4 {
		if x[at+k] > limit {
			return
		}
		if x[at+k]&15 == 3 {
			return -count
		}
		count++
	}
	return count * 2
}

// named calls functions whose results have names.
//
//tandem:kernel
func named(i int, limit int32, x, y []int32) {
	q, r, small := split(x[4*i], limit)
	y[i] = q*1000 + r + leading(x, 4*i, limit)
	if small {
		y[i] = -y[i] + leading(x, 4*i, q+40)
	}
}

// longest has a name for its result.
//
//tandem:kernel
//tandem:reduce max
func longest(i int, x []int32) (run int32) {
	for k := range 4 {
		if x[4*i+k] < 30 {
			return
		}
		run++
	}
	return run + x[4*i]
}

// skipping goes on with its loop from a switch in a switch, of which both are left
// by breaks too.
//
//tandem:kernel
func skipping(i int, x, y []int32) {
	sum := int32(0)
	for k := range int32(9) {
		sum += 100
		switch (x[i] + k) & 3 {
		case 0:
			sum++
			switch (x[i] ^ k) & 7 {
			case 0, 2, 4:
				sum += 10
				if k > 1 {
					continue
				}
			default:
				if k < 5 {
					break
				}
				sum *= 3
			}
			sum += 1000
		case 1:
			if x[i]&1 == 0 {
				break
			}
			sum -= 7
		}
		sum += k
	}
	y[i] = sum
}

// nowhere has a jump that only indices before the first would make.
//
//tandem:kernel
func nowhere(i int, x, y []int32) {
	v := x[i]
found:
	switch v & 1 {
	case 0:
		for j := range int32(4) {
			for k := range int32(3) {
				v += j * k
				if i <= -1 {
					break found
				}
			}
		}
		v++
	}
	y[i] = v
}
