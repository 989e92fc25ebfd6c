package devicetest

import (
	"bytes"
	"math"
	"math/rand/v2"

	"github.com/tandem-go/tandem/device"
)

const guard = 16 // bytes on either side of a transfer that must stay as they are

// checkTransferSizes moves every awkward size to and from every awkward offset
// and looks at the bytes on either side.
func checkTransferSizes(x *env) {
	s := x.stream()
	r := rand.New(rand.NewPCG(1, 2))
	sizes := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 4095, 4096, 4097, 65537, 1<<20 + 1, 3 << 20}
	offsets := []int{0, 1, 2, 3, 4, 7, 8, 4095}
	for _, size := range sizes {
		if size > 1<<16 {
			offsets = []int{0, 3}
		}
		for _, offset := range offsets {
			for _, tail := range []int{0, guard} {
				x.roundTrip(s, r, size, offset, tail)
			}
		}
	}
}

// roundTrip writes size bytes at an offset of a buffer that has tail more.
func (x *env) roundTrip(s device.Stream, r *rand.Rand, size, offset, tail int) {
	x.Helper()
	want := noise(r, offset+size+tail)
	b, err := x.dev.Alloc(int64(len(want)))
	x.ok(err)
	x.ok(s.Upload(b, 0, bytes.Clone(want)))
	x.sync(s)

	fresh := noise(r, size)
	copy(want[offset:], fresh)
	around := noise(r, guard+size+guard)
	before := bytes.Clone(around)
	whole := make([]byte, len(want))
	x.ok(s.Upload(b, int64(offset), fresh))
	x.ok(s.Download(around[guard:guard+size:guard+size], b, int64(offset)))
	x.ok(s.Download(whole, b, 0))
	x.sync(s)
	if !bytes.Equal(whole, want) {
		x.Fatalf("%d bytes written at %d of %d: the buffer differs at byte %d", size, offset, len(want), difference(whole, want))
	}
	copy(before[guard:], fresh)
	if !bytes.Equal(around, before) {
		x.Fatalf("%d bytes read at %d of %d: the host's memory differs at byte %d, counted from the first one read",
			size, offset, len(want), difference(around, before)-guard)
	}
	x.ok(b.Free())
}

func checkTransferBounds(x *env) {
	s := x.stream()
	for _, size := range []int64{0, 1, 100} {
		want := bytes.Repeat([]byte{7}, int(size))
		b := x.filled(s, want)
		for _, bad := range []struct{ offset, n int64 }{
			{-1, 0}, {-1, 1}, {math.MinInt64, 1}, {size + 1, 0}, {size, 1}, {0, size + 1}, {math.MaxInt64, 1}, {math.MaxInt64, 0},
		} {
			host := make([]byte, bad.n)
			x.wantError(s.Upload(b, bad.offset, host), "upload", device.ErrInvalid)
			x.wantError(s.Download(host, b, bad.offset), "download", device.ErrInvalid)
		}
		x.ok(s.Upload(b, size, nil))
		x.ok(s.Download(nil, b, size))
		if got := x.content(s, b); !bytes.Equal(got, want) {
			x.Errorf("refused transfers changed the buffer of %d bytes", size)
		}
	}
	x.wantError(s.Upload(nil, 0, []byte{1}), "upload", device.ErrInvalid)
	x.wantError(s.Download([]byte{1}, nil, 0), "download", device.ErrInvalid)
	x.sync(s)
}

// checkTransferRandom compares random commands with the same on host memory.
func checkTransferRandom(x *env) {
	s := x.stream()
	copying := x.compile(x.programs.Copy)
	affine := x.compile(x.programs.Affine)
	r := x.random()
	const size = 8192
	var device [2]device.Buffer
	var host [2][]byte
	for k := range host {
		host[k] = noise(r, size)
		device[k] = x.filled(s, bytes.Clone(host[k]))
	}
	check := func() {}
	for range 400 {
		k := r.IntN(2)
		offset := r.IntN(size + 1)
		n := r.IntN(size - offset + 1)
		switch r.IntN(6) {
		case 0, 1:
			part := noise(r, n)
			copy(host[k][offset:], part)
			x.ok(s.Upload(device[k], int64(offset), part))
		case 2:
			n /= 4
			copy(host[1-k][:4*n], host[k])
			x.ok(s.Launch(copying, x.copying(device[k], device[1-k], n)))
		case 3:
			n /= 4
			factor, term := int32(r.Uint32()), int32(r.Uint32())
			for i, v := range int32s(host[k][:4*n]) {
				int32s(host[k])[i] = v*factor + term
			}
			x.ok(s.Launch(affine, x.affine(device[k], n, factor, term)))
		case 4:
			want, got, previous := bytes.Clone(host[k][offset:offset+n]), make([]byte, n), check
			x.ok(s.Download(got, device[k], int64(offset)))
			check = func() {
				previous()
				if !bytes.Equal(got, want) {
					x.Fatalf("%d bytes read at %d differ at byte %d", n, offset, difference(got, want))
				}
			}
		case 5:
			x.sync(s)
			check()
			check = func() {}
		}
	}
	x.sync(s)
	check()
	for k := range host {
		if got := x.content(s, device[k]); !bytes.Equal(got, host[k]) {
			x.Errorf("buffer %d differs at byte %d in the end", k, difference(got, host[k]))
		}
	}
}

// noise is n random bytes in memory that is aligned for numbers.
func noise(r *rand.Rand, n int) []byte {
	words := make([]int32, (n+3)/4)
	for i := range words {
		words[i] = int32(r.Uint32())
	}
	return bytesOf(words)[:n]
}

// difference is the first index at which a and b differ.
func difference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
