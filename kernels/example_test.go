package kernels_test

import (
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

func ExampleGemm() {
	a := []float32{
		1, 2,
		3, 4,
	}
	b := []float32{
		1, 0, 1,
		0, 1, 1,
	}
	c := make([]float32, 2*3)
	l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(2, 2, 2, a), kernels.Dense(2, 3, 3, b), 0, kernels.Dense(2, 3, 3, c))
	if err := l.Err(); err != nil {
		fmt.Println(err)
		return
	}
	l.Run(0, l.N()) // here and now; a scheduler would cut it
	fmt.Println(c[:3])
	fmt.Println(c[3:])
	// Output:
	// [1 2 3]
	// [3 4 7]
}

func ExampleConvolveRows() {
	// A blur of a row of two RGB pixels, black and white.
	src := []float32{0, 0, 0, 8, 8, 8}
	dst := make([]float32, len(src))
	l := kernels.ConvolveRows([]float32{0.25, 0.5, 0.25}, 3, kernels.Dense(1, 6, 6, src), kernels.Dense(1, 6, 6, dst))
	if err := l.Err(); err != nil {
		fmt.Println(err)
		return
	}
	l.Run(0, l.N())
	fmt.Println(dst)
	// Output: [2 2 2 6 6 6]
}

func ExampleMandelbrot() {
	view := kernels.View{Width: 32, Height: 9, CenterX: -0.7, Pixel: 0.09}
	counts := make([]int32, view.Width*view.Height)
	l := kernels.Mandelbrot(view, 100, counts)
	if err := l.Err(); err != nil {
		fmt.Println(err)
		return
	}
	l.Run(0, l.N())
	for row := range view.Height {
		for _, n := range counts[row*view.Width:][:view.Width] {
			if n == 100 {
				fmt.Print("#")
			} else {
				fmt.Print(".")
			}
		}
		fmt.Println()
	}
	// Output:
	// ................############....
	// ............#...############....
	// ...........####.############....
	// ..........##################....
	// ..#########################.....
	// ..........##################....
	// ...........####.############....
	// ............#...############....
	// ................############....
}
