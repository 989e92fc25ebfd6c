package fractal

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Plain returns the counts of p as one would write them without any library: a
// loop over z = z*z + c, with the rows handed out to a goroutine for each core.
func (p *Picture) Plain(ctx context.Context) ([]int32, error) {
	v := p.view()
	counts := make([]int32, v.Width*v.Height)
	left, top := v.CenterX-v.Pixel*(float64(v.Width)/2-0.5), v.CenterY+v.Pixel*(float64(v.Height)/2-0.5)
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for row := int(next.Add(1)) - 1; row < v.Height && ctx.Err() == nil; row = int(next.Add(1)) - 1 {
				for col := range v.Width {
					x, y := float64(float64(col)*v.Pixel), float64(float64(row)*v.Pixel)
					counts[row*v.Width+col] = plainCount(left+x, top-y, p.MaxIter)
				}
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return counts, nil
}

// plainCount converts its products explicitly, which keeps compilers from fusing
// them with an addition: other counts would come out.
func plainCount(cx, cy float64, maxIter int) int32 {
	x, y := 0.0, 0.0
	for n := range maxIter {
		xx, yy := float64(x*x), float64(y*y)
		if xx+yy > 4 {
			return int32(n)
		}
		x, y = xx-yy+cx, float64(2*x*y)+cy
	}
	return int32(maxIter)
}

// Same reports whether p's counts are these.
func (p *Picture) Same(counts []int32) bool { return slices.Equal(p.Counts, counts) }
