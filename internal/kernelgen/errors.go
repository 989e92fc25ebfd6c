package kernelgen

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// Refusal is a place in a program that is no part of the kernel language.
type Refusal struct {
	Pos     token.Position
	Found   string // what stands there
	Instead string // what to write instead
}

// Error is "file:line:column: what was found; what to write instead".
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", filepath.Base(r.Pos.Filename), r.Pos.Line, r.Pos.Column, r.Found, r.Instead)
}

// Refusals are all that was found in a package, in the order of their places.
type Refusals []*Refusal

// Error has a line for each.
func (r Refusals) Error() string {
	lines := make([]string, len(r))
	for i, e := range r {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// refuse keeps a refusal. found is a format for the arguments.
func (c *compiler) refuse(pos token.Pos, found, instead string, args ...any) {
	r := &Refusal{Pos: c.fset.Position(pos), Found: fmt.Sprintf(found, args...), Instead: instead}
	for _, old := range c.refusals {
		if *old == *r {
			return
		}
	}
	c.refusals = append(c.refusals, r)
}

// sorted are the refusals by place, or nil if there are none.
func (c *compiler) sorted() error {
	if len(c.refusals) == 0 {
		return nil
	}
	slices.SortStableFunc(c.refusals, func(a, b *Refusal) int {
		if d := strings.Compare(a.Pos.Filename, b.Pos.Filename); d != 0 {
			return d
		}
		return a.Pos.Offset - b.Pos.Offset
	})
	return c.refusals
}
