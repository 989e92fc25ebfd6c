// Package include holds cuda.h, Tandem's own: what of CUDA's driver interface
// gorgonia.org/cu and package cuda use. There is no Go code in it. The package
// exists so that the header can be found, in a vendored copy too:
//
//	export CGO_CFLAGS="-O2 -g -I$(go list -f '{{.Dir}}' github.com/tandem-go/tandem/device/cuda/include)"
//	go build -tags cuda ./...
//
// A toolkit's cuda.h of CUDA 11 or 12 serves as well; cu does not compile with
// that of CUDA 13.
package include
