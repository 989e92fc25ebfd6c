package steal

// MaxGranules is the largest number of granules a Space has.
const MaxGranules = 1<<32 - 1

// Space is an index space [0, N) divided into granules: the units in which
// ranges are cut. It is a value that does not change.
//
// Granules keep a Range within one word for any index space: there are at most
// 2^32-1 of them, each a multiple of the grain that was asked for. The multiple
// is 1 up to 2^32-1 grains, so only an index space that large is cut coarser.
type Space struct {
	n    int
	size int // indices in a granule
}

// NewSpace divides [0, n) into granules of grain indices or, if those were too
// many, of a multiple of it. The last granule may be shorter. A negative n
// counts as 0 and a grain below 1 as 1.
func NewSpace(n, grain int) Space {
	n, grain = max(0, n), max(1, grain)
	grains := uint64(ceilDiv(n, grain))
	multiple := max(1, (grains+MaxGranules-1)/MaxGranules)
	return Space{n: n, size: grain * int(multiple)}
}

// N is the number of indices.
func (s Space) N() int { return s.n }

// GranuleSize is the number of indices in every granule but the last.
func (s Space) GranuleSize() int { return s.size }

// Granules is the number of granules.
func (s Space) Granules() uint32 { return uint32(ceilDiv(s.n, s.size)) }

// Indices is the part [lo, hi) of the index space that the granules [first,
// last) cover.
func (s Space) Indices(first, last uint32) (lo, hi int) {
	if last >= s.Granules() {
		hi = s.n
	} else {
		hi = int(last) * s.size
	}
	return min(int(first)*s.size, s.n), hi
}

// GranulesFor is the number of granules that cover indices, at least 1.
func (s Space) GranulesFor(indices int) uint32 {
	return uint32(min(MaxGranules, max(1, indices/s.size)))
}

// ceilDiv is a/b rounded up without overflowing, for a >= 0 and b >= 1.
func ceilDiv(a, b int) int {
	q := a / b
	if a%b != 0 {
		q++
	}
	return q
}
