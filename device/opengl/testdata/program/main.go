// Program prints the OpenGL devices of the machine, or why there is none. Tests
// build it to see what such a program needs to start.
package main

import (
	"fmt"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/opengl"
)

func main() {
	for _, found := range device.Probe() {
		for _, info := range found.Devices {
			fmt.Println(info.ID, info.Name)
		}
		if found.Err != nil {
			fmt.Printf("%s: %v\n", found.Backend, found.Err)
		}
	}
}
