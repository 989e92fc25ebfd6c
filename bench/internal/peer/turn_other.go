//go:build !unix

package peer

import "os/exec"

// rest and wake do nothing where a process can't be stopped.
func (p *Program) rest() {}

func (p *Program) wake() {}

// detach does nothing where there are no groups of processes.
func detach(*exec.Cmd) {}
