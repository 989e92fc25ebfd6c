package hybrid

import (
	"context"

	"github.com/tandem-go/tandem/cpuexec/process"
)

// Command is a native program to run as a task; see [process.Command].
type Command = process.Command

// CommandResult is what a program left: its exit code, its output and what it cost.
type CommandResult = process.Result

// AllowList names the programs that may be run; see [WithAllowList].
type AllowList = process.AllowList

// Run submits a task that runs a program: see [Submit] and [process.Run]. A worker
// waits for it, so at most as many programs as there are workers run at a time.
// The result is valid, as far as the program got, also with an error. When the
// task's context ends, the program and all of its process group are killed.
func (s *Scheduler) Run(ctx context.Context, c Command, opts ...TaskOption) *Future[CommandResult] {
	if c.Allow == nil {
		c.Allow = s.cfg.allow
	}
	return Submit(ctx, s, func(ctx context.Context) (CommandResult, error) { return process.Run(ctx, c) }, opts...)
}
