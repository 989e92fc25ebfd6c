package openblas_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/internal/blastest"
	"github.com/tandem-go/tandem/internal/openblas"
)

// each runs test with OpenBLAS on one thread and on several. Without OpenBLAS it
// looks only whether the error says why.
func each(t *testing.T, test func(t *testing.T, b *openblas.BLAS)) {
	for _, threads := range []int{1, 0} {
		b, err := openblas.New(threads)
		if err != nil {
			t.Log(err)
			if !strings.HasPrefix(err.Error(), "openblas: ") {
				t.Errorf("error %q does not say whose it is", err)
			}
			if os.Getenv("CI") == "true" && !strings.Contains(err.Error(), "tag") {
				t.Error("OpenBLAS must be there in continuous integration")
			}
			return
		}
		if threads > 0 && b.Threads() != threads {
			t.Errorf("%d threads, want %d", b.Threads(), threads)
		}
		t.Run(fmt.Sprintf("threads=%d", b.Threads()), func(t *testing.T) {
			t.Log(b)
			test(t, b)
		})
	}
}

func seeded(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		_, _ = fmt.Sscan(text, &seed)
	}
	t.Logf("TANDEM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

func TestByGonumsSuite(t *testing.T) {
	each(t, func(t *testing.T, b *openblas.BLAS) { blastest.Gonum(t, b, regexp.MustCompile("")) })
}

// TestAllTypes compares with gonum, at sizes below and above those from which
// OpenBLAS is called.
func TestAllTypes(t *testing.T) {
	rng := seeded(t)
	each(t, func(t *testing.T, b *openblas.BLAS) {
		blastest.Differential(t, b, rng, 20, 12)
		blastest.Differential(t, b, rng, 10, 40)
		blastest.Differential(t, b, rng, 2, 300)
	})
}

func TestPanicsAsGonum(t *testing.T) {
	each(t, func(t *testing.T, b *openblas.BLAS) { blastest.Panics(t, b, rand.New(rand.NewPCG(1, 2)), 2) })
}

// TestManyCallers has calls with one thread and with several meet.
func TestManyCallers(t *testing.T) {
	const n = 150
	rng := seeded(t)
	random := func() []float64 {
		v := make([]float64, n*n)
		for i := range v {
			v[i] = 2*rng.Float64() - 1
		}
		return v
	}
	x, y, want := random(), random(), make([]float64, n*n)
	gonum.Implementation{}.Dgemm(blas.NoTrans, blas.Trans, n, n, n, 1, x, n, y, n, 0, want, n)
	var group sync.WaitGroup
	each(t, func(t *testing.T, b *openblas.BLAS) {
		for range 4 {
			group.Go(func() {
				for range 10 {
					got := make([]float64, n*n)
					b.Dgemm(blas.NoTrans, blas.Trans, n, n, n, 1, x, n, y, n, 0, got, n)
					for i := range got {
						if d := got[i] - want[i]; !(d <= n*n*0x1p-52 && -d <= n*n*0x1p-52) {
							t.Errorf("element %d is %v, want %v", i, got[i], want[i])
							return
						}
					}
				}
			})
		}
		if b.Threads() > 1 {
			group.Wait() // with those of one thread
		}
	})
	group.Wait()
}

// TestNoLibrary starts this test again where each of the libraries that might be
// OpenBLAS is no library.
func TestNoLibrary(t *testing.T) {
	if os.Getenv("TANDEM_TEST_NO_OPENBLAS") != "" {
		if b, err := openblas.New(0); err == nil {
			t.Fatalf("%v was found", b)
		} else {
			t.Log(err)
		}
		return
	}
	dir := t.TempDir()
	for _, name := range []string{"libopenblas.so.0", "libopenblas.so", "libblas.so.3"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("none\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestNoLibrary$", "-test.v")
	cmd.Env = append(os.Environ(), "TANDEM_TEST_NO_OPENBLAS=1", "LD_LIBRARY_PATH="+dir)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "openblas: ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// BenchmarkLeast shows from which size on a call into C pays.
func BenchmarkLeast(b *testing.B) {
	one, err := openblas.New(1)
	if err != nil {
		b.Log(err)
		return
	}
	v := make([]float64, 1<<14)
	w := make([]float64, 1<<14)
	for i := range v {
		v[i] = 1
	}
	calls := map[string]func(by blas.Float64, n int){
		"dot":  func(by blas.Float64, n int) { by.Ddot(n, v, 1, w, 1) },
		"axpy": func(by blas.Float64, n int) { by.Daxpy(n, 1e-9, v, 1, w, 1) },
		"scal": func(by blas.Float64, n int) { by.Dscal(n, -1, w, 1) },
		"asum": func(by blas.Float64, n int) { by.Dasum(n, v, 1) },
		"gemv": func(by blas.Float64, n int) { by.Dgemv(blas.NoTrans, n, n, 1, v, n, v, 1, 0, w, 1) },
		"ger":  func(by blas.Float64, n int) { by.Dger(n, n, 1e-9, v, 1, v, 1, w, n) },
		"symv": func(by blas.Float64, n int) { by.Dsymv(blas.Upper, n, 1, v, n, v, 1, 0, w, 1) },
		"trsv": func(by blas.Float64, n int) { by.Dtrsv(blas.Upper, blas.NoTrans, blas.Unit, n, v[:n*n], n, w, 1) },
		"gemm": func(by blas.Float64, n int) {
			by.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, v, n, v, n, 0, w, n)
		},
		"syrk": func(by blas.Float64, n int) { by.Dsyrk(blas.Upper, blas.NoTrans, n, n, 1, v, n, 0, w, n) },
		"trsm": func(by blas.Float64, n int) {
			by.Dtrsm(blas.Left, blas.Upper, blas.NoTrans, blas.Unit, n, n, 1, v, n, w, n)
		},
	}
	for name, call := range calls {
		sizes := []int{4, 8, 16, 32, 64, 128}
		if strings.Contains("dot axpy scal asum", name) {
			sizes = []int{64, 256, 1024, 4096}
		}
		for _, n := range sizes {
			for by, impl := range map[string]blas.Float64{"gonum": gonum.Implementation{}, "openblas": one} {
				b.Run(fmt.Sprintf("op=%s/n=%d/by=%s", name, n, by), func(b *testing.B) {
					for b.Loop() {
						call(impl, n)
					}
				})
			}
		}
	}
}
