// Program uses gorgonia.org/cu on whatever driver it finds, or none.
package main

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	// Before cu, see the package's documentation.
	"github.com/tandem-go/tandem/device/cuda/internal/driver"

	"gorgonia.org/cu"
)

func main() {
	// The first driver call finds the trampolines' slots empty.
	switch os.Args[1] {
	case "launch":
		argument := uint64(1) << 40
		fmt.Println(cu.Function{}.Launch(1, 2, 3, 4, 5, 6, 7, cu.Stream{}, []unsafe.Pointer{unsafe.Pointer(&argument)}))
	case "clamp":
		fmt.Println(cu.TexRef{}.SetMipmapLevelClamp(0.25, -1.5))
	}
	n, err := cu.NumDevices()
	fmt.Println("devices", n, err)
	fmt.Println("version", driver.Version(), cu.Version())
	_, err = cu.GetDevice(0)
	fmt.Println("device 0:", err)
	err = driver.Load()
	for _, kind := range []error{driver.ErrNoLibrary, driver.ErrNoGPU, driver.ErrTooOld, driver.ErrFailed} {
		if errors.Is(err, kind) {
			fmt.Printf("kind %q\n", kind)
		}
	}
	fmt.Println("load:", err)
}
