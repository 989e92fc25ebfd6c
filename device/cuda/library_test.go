//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/cublas"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// buildBLAS makes the library that passes for cuBLAS and computes on the host's
// memory, and has it found. It knows no streams, so what it is tested with must
// be executed in order. TANDEM_TEST_CUBLAS is its path where it has been made
// already: where there is no compiler.
func buildBLAS(dir string) error {
	if path := os.Getenv("TANDEM_TEST_CUBLAS"); path != "" {
		return errors.Join(os.Setenv("STANDIN_ANY_STREAM", "yes"), os.Setenv(cublas.EnvLibrary, path))
	}
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "gcc"
	}
	path := filepath.Join(dir, "libcublas.so.12")
	cmd := exec.Command(compiler, "-shared", "-fPIC", "-O1", "-o", path, "internal/cublas/testdata/libcublas.c")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, text)
	}
	return errors.Join(os.Setenv("STANDIN_ANY_STREAM", "yes"), os.Setenv(cublas.EnvLibrary, path))
}

// TestRoutineIsGemm runs products by the library's routine and holds them to
// the definition. The text in its place does nothing, so that it cannot help.
func TestRoutineIsGemm(t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	s := must(d.NewStream())(t)
	r := rand.New(rand.NewPCG(1, 2))
	for _, ops := range []string{"nn", "nt", "tn", "tt"} {
		t.Run("float32."+ops, func(t *testing.T) { gemmTest[float32](t, d, s, r, "gemm.float32."+ops) })
		t.Run("float64."+ops, func(t *testing.T) { gemmTest[float64](t, d, s, r, "gemm.float64."+ops) })
		t.Run("tf32."+ops, func(t *testing.T) { gemmTest[float32](t, d, s, r, "gemm.tf32."+ops) })
	}
}

func gemmTest[T float32 | float64](t *testing.T, d *cudaDevice, s device.Stream, r *rand.Rand, name string) {
	const rows, first, cols, depth, total = 5, 3, 7, 4, 9
	src := testkernels.Source("nothing", 1, 2)
	src.Library, src.Buffers, src.Scalars = name, 3, 12
	if unsafe.Sizeof(T(0)) == 8 {
		src.Scalars = 14
	}
	p := must(d.Compile(src))(t)
	defer p.Close()
	if p.(*program).routine == nil {
		if real {
			t.Skip("this machine has no cuBLAS")
		}
		t.Fatalf("%s is not found", name)
	}
	ta, tb := name[len(name)-2] == 't', name[len(name)-1] == 't'
	lda, ldb, ldc := depth+2, cols+1, cols+3
	if ta {
		lda = total + 1
	}
	if tb {
		ldb = depth + 5
	}
	random := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(r.IntN(9) - 4)
		}
		return x
	}
	// Row first of A and of C is where their buffers begin, shifted by some.
	const shift = 6
	a, b, c := random(200), random(200), random(200)
	atA := uint32(shift) - first*uint32(lda)
	if ta {
		atA = shift - first
	}
	atC := uint32(shift) - first*uint32(ldc)
	alpha, beta := T(2), T(-3)
	words := []uint32{rows, first, atA, shift, atC, cols, depth, uint32(lda), uint32(ldb), uint32(ldc)}
	for _, v := range []T{alpha, beta} {
		if unsafe.Sizeof(v) == 8 {
			bits := math.Float64bits(float64(v))
			words = append(words, uint32(bits), uint32(bits>>32))
		} else {
			words = append(words, math.Float32bits(float32(v)))
		}
	}
	want := append([]T(nil), c...)
	for i := range uint32(rows) {
		for j := range uint32(cols) {
			var sum T
			for k := range uint32(depth) {
				x, y := a[(first+i)*uint32(lda)+k+atA], b[k*uint32(ldb)+j+shift]
				if ta {
					x = a[k*uint32(lda)+first+i+atA]
				}
				if tb {
					y = b[j*uint32(ldb)+k+shift]
				}
				sum += x * y
			}
			at := (first+i)*uint32(ldc) + j + atC
			want[at] = alpha*sum + beta*want[at]
		}
	}
	var buffers []device.Buffer
	for _, x := range [][]T{a, b, c} {
		buf := must(d.Alloc(int64(len(x)) * int64(unsafe.Sizeof(alpha))))(t)
		defer buf.Free()
		if err := s.Upload(buf, 0, asBytes(x)); err != nil {
			t.Fatal(err)
		}
		buffers = append(buffers, buf)
	}
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: buffers, Scalars: words}); err != nil {
		t.Fatal(err)
	}
	got := make([]T, len(c))
	if err := s.Download(asBytes(got), buffers[2], 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Synchronize(waiting(t)); err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("element %d of C is %v, want %v", i, got[i], want[i])
		}
	}
}

// TestTF32Rounds has factors that TF32 cannot hold, and that the routine may cut
// therefore, but no others.
func TestTF32Rounds(t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	s := must(d.NewStream())(t)
	for name, exact := range map[string]bool{"gemm.float32.nn": true, "gemm.tf32.nn": false} {
		src := testkernels.Source("nothing", 1, 2)
		src.Library, src.Buffers, src.Scalars = name, 3, 12
		p := must(d.Compile(src))(t)
		if p.(*program).routine == nil {
			if real {
				t.Skip("this machine has no cuBLAS")
			}
			t.Fatalf("%s is not found", name)
		}
		const n = 64
		one := func(v float32) []byte {
			x := make([]float32, n*n)
			for i := range x {
				x[i] = v
			}
			return asBytes(x)
		}
		var buffers []device.Buffer
		for _, x := range [][]byte{one(1 + 0x1p-12), one(1), one(0)} {
			b := must(d.Alloc(4 * n * n))(t)
			if err := s.Upload(b, 0, x); err != nil {
				t.Fatal(err)
			}
			buffers = append(buffers, b)
		}
		words := []uint32{n, 0, 0, 0, 0, n, n, n, n, n, math.Float32bits(1), 0}
		got := make([]float32, n*n)
		if err := errors.Join(
			s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: buffers, Scalars: words}),
			s.Download(asBytes(got), buffers[2], 0), s.Synchronize(waiting(t)),
		); err != nil {
			t.Fatal(err)
		}
		switch v := got[n+1]; {
		case exact && v != n*(1+0x1p-12):
			t.Errorf("%s: an element is %v, want %v", name, v, n*(1+0x1p-12))
		case math.Abs(float64(v)-n*(1+0x1p-12)) > n*0x1p-10:
			t.Errorf("%s: an element is %v, further than TF32 from %v", name, v, n*(1+0x1p-12))
		case !real && !exact && v != n:
			t.Errorf("%s: an element is %v, which is not TF32", name, v)
		}
	}
}

func asBytes[T any](x []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(zero)))
}

// TestRoutinesThatAreNone leaves the text to sources that name no routine, or
// one with other buffers and words.
func TestRoutinesThatAreNone(t *testing.T) {
	for _, src := range []device.Source{
		{Library: "", Buffers: 3, Scalars: 12},
		{Library: "gemm.float32", Buffers: 3, Scalars: 12},
		{Library: "gemm.float32.nx", Buffers: 3, Scalars: 12},
		{Library: "gemm.float32.nnn", Buffers: 3, Scalars: 12},
		{Library: "gemm.int8.nn", Buffers: 3, Scalars: 12},
		{Library: "gemm.float16.nn", Buffers: 3, Scalars: 14},
		{Library: "gemmbatch.float32.nn", Buffers: 3, Scalars: 12},
		{Library: "gemmbatch.float64.nn", Buffers: 3, Scalars: 16},
		{Library: "gemmbatch.float16.nn", Buffers: 3, Scalars: 16},
		{Library: "gemm.tf32.nn", Buffers: 3, Scalars: 14},
		{Library: "trsm.float32.nn", Buffers: 3, Scalars: 12},
		{Library: "gemm.float32.nn", Buffers: 2, Scalars: 12},
		{Library: "gemm.float32.nn", Buffers: 3, Scalars: 14},
		{Library: "gemm.float64.nn", Buffers: 3, Scalars: 12},
	} {
		if findRoutine(src) != nil {
			t.Errorf("%+v has a routine", src)
		}
	}
}

// standIn compiles a source whose text does nothing for a routine of the library.
func standIn(t *testing.T, d *cudaDevice, name string, scalars int) device.Program {
	t.Helper()
	src := testkernels.Source("nothing", 1, 2)
	src.Library, src.Buffers, src.Scalars = name, 3, scalars
	p := must(d.Compile(src))(t)
	t.Cleanup(func() { p.Close() })
	if p.(*program).routine == nil {
		if real {
			t.Skip("this machine has no cuBLAS")
		}
		t.Fatalf("%s is not found", name)
	}
	return p
}

// multiply has a program do a launch on A, B and C, and returns C.
func multiply[A, T any](t *testing.T, d *cudaDevice, s device.Stream, p device.Program, words []uint32, a, b []A, c []T) ([]T, error) {
	t.Helper()
	var buffers []device.Buffer
	for _, x := range [][]byte{asBytes(a), asBytes(b), asBytes(c)} {
		buf := must(d.Alloc(int64(len(x))))(t)
		defer buf.Free()
		if err := s.Upload(buf, 0, x); err != nil {
			return nil, err
		}
		buffers = append(buffers, buf)
	}
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: buffers, Scalars: words}); err != nil {
		return nil, err
	}
	got := make([]T, len(c))
	return got, errors.Join(s.Download(asBytes(got), buffers[2], 0), s.Synchronize(waiting(t)))
}

// TestRoutineOfHalves multiplies numbers of 16 bits: 3 rows from row 1 on of a 2-deep
// product with 2 columns.
func TestRoutineOfHalves(t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	s := must(d.NewStream())(t)
	one := math.Float32bits(1)
	for name, bits := range map[string][3]uint16{ // of 1, 2 and -0.5
		"gemm.float16": {0x3c00, 0x4000, 0xb800}, "gemm.bfloat16": {0x3f80, 0x4000, 0xbf00},
	} {
		x, y, z := bits[0], bits[1], bits[2]
		// Rows 1 to 3 of A are (1 2), (-0.5 1), (2 2), a third column is padding, and
		// they begin at element 1 of the buffer; B is (1 2), (-0.5 1).
		a := []uint16{9, x, y, 9, z, x, 9, y, y, 9}
		b := []uint16{x, y, z, x}
		at := uint32(1)
		words := []uint32{3, 1, at - 3, 0, at - 3, 2, 2, 3, 2, 3, one, one}
		c := []float32{7, 0, 0, 7, 10, 0, 7, 0, 20, 7}
		want := []float32{7, 0, 4, 7, 9, 0, 7, 1, 26, 7}
		got, err := multiply(t, d, s, standIn(t, d, name+".nn", 12), words, a, b, c)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v: %v", name, got, want, err)
		}
	}
}

// TestRoutineOfABatch has products 2 to 4 of a batch, of 1×2 by 2×2 matrices, in one
// call of cuBLAS, with NaN in a C that is not read.
func TestRoutineOfABatch(t *testing.T) {
	t.Run("float32", batchTest[float32])
	t.Run("float64", batchTest[float64])
}

func batchTest[T float32 | float64](t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	s := must(d.NewStream())(t)
	type call struct {
		ops  string
		beta T
	}
	for _, c := range []call{{"nn", 0}, {"nt", -1}, {"tn", 0.5}, {"tt", 0}} {
		const lo, n, atA, atB, atC = 2, 3, 1, 2, 3
		const rows, cols, depth, strideA, strideB, strideC = 1, 2, 2, 7, 0, 5
		lda, ldb, ldc := 3, 2, 4
		if c.ops[0] == 't' {
			lda = 2
		}
		// In the buffers stand products lo and later.
		shift := func(at, stride int) uint32 { return uint32(at - lo*stride) }
		a, b, out := make([]T, 1+n*strideA), []T{-9, -9, 1, 2, 3, 4}, make([]T, atC+n*strideC)
		for i := range a {
			a[i] = T(i%11 - 3)
		}
		for i := range out {
			out[i] = T(i)
			if c.beta == 0 {
				out[i] = T(math.NaN())
			}
		}
		want := slices.Clone(out)
		for i := range n {
			for j := range cols {
				var sum T
				for k := range depth {
					x, y := a[atA+i*strideA+k], b[atB+k*ldb+j]
					if c.ops[0] == 't' {
						x = a[atA+i*strideA+k*lda]
					}
					if c.ops[1] == 't' {
						y = b[atB+j*ldb+k]
					}
					sum += x * y
				}
				to := &want[atC+i*strideC+j]
				if c.beta == 0 {
					*to = 2 * sum
				} else {
					*to = 2*sum + c.beta**to
				}
			}
		}
		words := []uint32{
			n, lo, shift(atA, strideA), atB, shift(atC, strideC), rows, cols, depth,
			uint32(lda), uint32(ldb), uint32(ldc), strideA, strideB, strideC,
		}
		kind := "float32"
		for _, v := range []T{2, c.beta} {
			if bits := math.Float64bits(float64(v)); unsafe.Sizeof(v) == 8 {
				kind, words = "float64", append(words, uint32(bits), uint32(bits>>32))
			} else {
				words = append(words, math.Float32bits(float32(v)))
			}
		}
		got, err := multiply(t, d, s, standIn(t, d, "gemmbatch."+kind+"."+c.ops, len(words)), words, a, b, out)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
				t.Fatalf("%s: element %d of C is %v, want %v", c.ops, i, got[i], want[i])
			}
		}
	}
}

// TestRoutineDeclines has cuBLAS answer each status. Where it has begun nothing the
// text does the work, which here is to leave C as it is; otherwise the stream fails.
func TestRoutineDeclines(t *testing.T) {
	if real {
		t.Skip("what a real cuBLAS answers is not the test's to choose")
	}
	machine(t, cudatest.Config{})
	d := openFirst(t)
	p := standIn(t, d, "gemmbatch.float32.nn", 16)
	one := math.Float32bits(1)
	words := []uint32{2, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, one, 0}
	for status, fails := range map[string]bool{"3": false, "7": false, "8": false, "15": false, "13": true, "14": true} {
		t.Setenv("STANDIN_GEMM", status)
		s := must(d.NewStream())(t)
		got, err := multiply(t, d, s, p, words, []float32{2, 3}, []float32{5, 7}, []float32{1, 1})
		if fails != (err != nil) || !fails && !slices.Equal(got, []float32{1, 1}) {
			t.Errorf("status %s: %v, %v", status, got, err)
		}
		if fails && !errors.Is(err, device.ErrInvalid) {
			t.Errorf("status %s: %v, want %v", status, err, device.ErrInvalid)
		}
		s.Close()
	}
}
