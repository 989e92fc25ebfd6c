//go:build !unix

package peer

// rest and wake do nothing where a process can't be stopped.
func (p *Program) rest() {}

func (p *Program) wake() {}
