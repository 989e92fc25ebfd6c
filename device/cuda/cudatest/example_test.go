//go:build cuda && linux && cgo

package cudatest_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/cuda"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// A kernel is launched as on a GPU. TestMain has called Install.
func Example() {
	if err := cudatest.Reset(cudatest.Config{Devices: 2, Late: true}); err != nil {
		panic(err)
	}
	halved, err := halve([]float32{2, 4, 6})
	fmt.Println(halved, err, len(cudatest.Live()), cudatest.Complaints())

	const illegalAddress = 700
	cudatest.Fault("cuLaunchKernel", 1, illegalAddress)
	_, err = halve([]float32{2, 4, 6})
	fmt.Println(err != nil)
	// Output:
	// [1 2 3] <nil> 0 []
	// true
}

// halve does it on the first CUDA device, of which it leaves nothing behind.
func halve(values []float32) (halved []float32, err error) {
	d, err := device.Open("cuda:0")
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := d.Close(); err == nil {
			err = closed
		}
	}()
	p, err := d.Compile(device.Source{
		Name: "halve", Language: device.CUDA, Text: drive.HalvePTX, Buffers: 1, Scalars: 1,
		Block: device.Block{Entry: "halve", Size: [3]int{64, 1, 1}},
	})
	if err != nil {
		return nil, err
	}
	bytes := make([]byte, 4*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(bytes[4*i:], math.Float32bits(v))
	}
	x, err := d.Alloc(int64(len(bytes)))
	if err != nil {
		return nil, err
	}
	s, err := d.NewStream()
	if err != nil {
		return nil, err
	}
	n := len(values)
	for _, step := range []func() error{
		func() error { return s.Upload(x, 0, bytes) },
		func() error {
			return s.Launch(p, device.Dispatch{
				Groups: [3]int{(n + 63) / 64, 1, 1}, Buffers: []device.Buffer{x}, Scalars: []uint32{uint32(n)},
			})
		},
		func() error { return s.Download(bytes, x, 0) },
		func() error { return s.Synchronize(context.Background()) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for i := range values {
		halved = append(halved, math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*i:])))
	}
	return halved, nil
}
