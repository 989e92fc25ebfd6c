//go:build unix

package peer

import (
	"os/exec"
	"syscall"
)

// rest stops the program and all its processes until wake, so that those which
// look for work without end, or have things of their own to do, don't take a
// core from whose turn it is.
func (p *Program) rest() {
	p.signal(syscall.SIGSTOP)
	p.resting = true
}

func (p *Program) wake() {
	if p.resting {
		p.signal(syscall.SIGCONT)
		p.resting = false
	}
}

func (p *Program) signal(s syscall.Signal) {
	for _, pid := range family(p.PID()) {
		_ = syscall.Kill(pid, s) // it may just have ended
	}
}

// detach keeps the terminal's signals from the program.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
