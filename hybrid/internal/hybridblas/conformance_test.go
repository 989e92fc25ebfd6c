package hybridblas

import (
	"fmt"
	"regexp"
	"testing"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
	"github.com/tandem-go/tandem/internal/blastest"
)

// cpuBLAS is a BLAS over gonum's on three workers, with the given tiles.
func cpuBLAS(t testing.TB, tile int) *BLAS {
	pool, err := cpuexec.New(3)
	if err != nil {
		t.Fatal(err)
	}
	b := New(Config{
		Wrapped: overGonum(), Workers: 3, CPU: true, Tile: tile, Model: perfmodel.New(),
		Loop: func(n int, body func(lo, hi int)) error { return pool.For(t.Context(), n, 1, body) },
	})
	t.Cleanup(func() {
		b.Close()
		pool.Close()
	})
	return b
}

func overGonum() Wrapped {
	var g gonum.Implementation
	return Wrapped{Float32: g, Float64: g, Complex64: g, Complex128: g, Name: "gonum"}
}

func TestGonumsSuiteOnWorkers(t *testing.T) {
	tiles := []int{1, 2, 5, 64}
	if testing.Short() {
		tiles = []int{3}
	}
	for _, tile := range tiles {
		t.Run(fmt.Sprintf("tile=%d", tile), func(t *testing.T) { blastest.Gonum(t, cpuBLAS(t, tile), regexp.MustCompile("")) })
	}
}
