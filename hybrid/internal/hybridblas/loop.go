package hybridblas

import (
	"errors"

	"github.com/tandem-go/tandem/cpuexec"
)

// tiles calls body for each tile of a rows×cols grid, on the CPU workers.
func (e *engine) tiles(rows, cols, tileRows, tileCols int, body func(i, j, m, n int)) {
	down, across := ceil(rows, tileRows), ceil(cols, tileCols)
	e.each(down*across, func(t int) {
		i, j := t/across*tileRows, t%across*tileCols
		body(i, j, min(tileRows, rows-i), min(tileCols, cols-j))
	})
}

// strips calls body for consecutive parts of n, on the CPU workers.
func (e *engine) strips(n, width int, body func(lo, hi int)) {
	e.each(ceil(n, width), func(t int) { body(t*width, min(n, (t+1)*width)) })
}

// each calls body for 0 to n-1 on the CPU workers, and on this goroutine alone
// when they have ended. A panic in the wrapped BLAS is the caller's.
func (e *engine) each(n int, body func(i int)) {
	if n == 1 {
		body(0)
		return
	}
	err := e.cfg.Loop(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			body(i)
		}
	})
	var p *cpuexec.PanicError
	switch {
	case err == nil:
	case errors.As(err, &p):
		panic(p)
	default:
		for i := range n {
			body(i)
		}
	}
}
