package kernels_test

import (
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

// A kernel of one's own, for CPU workers, OpenGL and CUDA: y[i] = a*x[i]^2.
var squares = kernels.Define(kernels.Kernel{
	Name: "squares",
	Params: []kernels.Param{
		{Name: "x", Type: kernels.Float32, Access: kernels.In},
		{Name: "y", Type: kernels.Float32, Access: kernels.Out},
	},
	Scalars: []kernels.Scalar{{Name: "a", Type: kernels.Float32}},
	Go: func(c *kernels.Call) {
		x, y, a := kernels.Slice[float32](c, 0), kernels.Slice[float32](c, 1), c.Float32(0)
		for i, v := range x {
			y[i] = a * v * v
		}
	},
	GLSL: &kernels.Shader{
		Local: [3]int{64},
		Text: `
void main() {
	uint i = tandem_index();
	if (i >= tandem_n) return;
	i += tandem_lo;
	y[i + y_at] = a * x[i + x_at] * x[i + x_at];
}`,
	},
	CUDA: &kernels.Function{
		Block: [3]int{256},
		Text: `
static __device__ float square(float v) { return v * v; }

TANDEM_KERNEL {
	unsigned i = tandem_index();
	if (i >= tandem_n) return;
	i += tandem_lo;
	y[i + y_at] = a * square(x[i + x_at]);
}`,
	},
})

func ExampleDefine() {
	x, y := []float32{1, 2, 3}, make([]float32, 3)
	l := kernels.NewLaunch(squares, len(x))
	l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
	l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
	l.AddFloat(0.5)
	if err := l.Err(); err != nil {
		fmt.Println(err)
		return
	}
	l.Run(0, l.N()) // here and now; a scheduler runs it where it is fastest
	fmt.Println(y)
	// Output: [0.5 2 4.5]
}

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
