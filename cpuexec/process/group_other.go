//go:build !unix

package process

import (
	"os"
	"os/exec"
	"time"
)

// ownGroup leaves the program alone: without process groups, the end of the
// context kills the program itself.
func ownGroup(*exec.Cmd, time.Duration) (reaped func()) { return func() {} }

func signalOf(*os.ProcessState) os.Signal { return os.Kill }

func maxRSS(*os.ProcessState) int64 { return 0 }
