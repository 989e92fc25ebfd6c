package kernelgen

import (
	"fmt"
	"strings"
)

// unrollWork is the greatest number of operations of an index whose loop is
// unrolled on the host. Of a map with one, a loop that the compiler happens to place
// across cache lines takes 1.7 times as long as one that it does not (Go 1.26);
// beyond this, the loop's own three instructions are hidden by the body's.
const (
	unrollWork  = 16
	unrollTurns = 4
)

// unrollMap prints the body for unrollTurns indices at a time, if it is short, runs
// straight through, and reaches all elements through views. Subscripts are u, u+1,
// and so on, which the compiler knows to be inside where u <= len-4. Elements that several
// of these indices read are loaded once; see goneighbours.go.
func (p *rangePrinter) unrollMap(tabs int, body []Stmt) {
	if p.k.Fold != nil || len(p.windows) > 0 || len(p.views) == 0 {
		return
	}
	straight := true
	for _, s := range body {
		switch s.(type) {
		case *Declare, *Assign:
		default:
			return
		}
	}
	walk(body, nil, func(e Expr) {
		switch e := e.(type) {
		case *Load:
			straight = straight && p.viewOf(e) != nil
		case *Call:
			straight = false
		}
	})
	m := meter{k: p.k}
	if work, _ := m.count(body); !straight || work.fixed > unrollWork {
		return
	}
	used := p.takeUsed()
	bodies, before, after := [unrollTurns][]Stmt{body, body, body, body}, "", ""
	sharing := p.sharesLoads(body)
	if sharing {
		bodies, before, after = p.storeLast(tabs, body)
	}
	p.turns = append(p.turns, before)
	for i, body := range bodies {
		text := p.print(tabs, body, fastLabel, func(e *Load) string {
			if sharing {
				return p.shared(p.viewOf(e), i) + p.stepsText(e)
			}
			return p.elementOf(p.viewOf(e), i) + p.stepsText(e)
		}).text
		indent := strings.Repeat("\t", tabs)
		if p.used[p.inner] {
			text = fmt.Sprintf("%s%s := %s + %s\n", indent, p.inner.Name, p.from, p.later(i)) + text
		}
		if len(body) > 1 || p.used[p.inner] {
			text = indent + "{\n" + text + indent + "}\n"
		}
		p.turns = append(p.turns, text)
	}
	p.turns = append(p.turns, after)
	p.used = used
}

// turnsText prints the loop of what unrollMap has made, and begins the one over the
// indices that are left.
func (p *rangePrinter) turnsText(needsIndex bool) {
	n := "len(" + p.views[0].name + ")"
	p.line("for %s := 0; %s <= %s-%d; %s += %d {", p.u, p.u, n, unrollTurns, p.u, unrollTurns)
	for _, text := range p.turns {
		p.text.WriteString(text)
	}
	p.line("}")
	p.line("for %s := %s &^ %d; %s < %s; %s++ {", p.u, n, unrollTurns-1, p.u, n, p.u)
	if needsIndex {
		p.line("\t%s := %s + %s", p.inner.Name, p.from, p.u)
	}
}
