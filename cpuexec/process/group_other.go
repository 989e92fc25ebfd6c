//go:build !unix

package process

import (
	"context"
	"os"
	"os/exec"
	"time"
)

// ownGroup leaves the program alone: without process groups, the end of the
// context kills the program itself.
func ownGroup(context.Context, *exec.Cmd, time.Duration) (reaped func()) { return func() {} }

func details(*os.ProcessState) (os.Signal, int64) { return os.Kill, 0 }
