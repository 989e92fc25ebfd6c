package random

// around is a loop or a switch that statements stand in.
type around struct {
	label string // "" if it has none
	loop  bool
	used  bool // something jumps to the label, without which Go refuses it
}

// labelled is a loop or a switch to come, and what to write in front of it.
func (p *program) labelled(loop bool) (a *around, text string) {
	a = &around{loop: loop}
	if p.IntN(2) == 0 {
		a.label = "at" + p.fresh()
		text = a.label + ":\n"
	}
	return a, text
}

// need writes a jump to a label that has none.
func (p *program) need(a *around, cond string) {
	if a.label != "" && !a.used {
		p.line("if %s {\nbreak %s\n}", cond, a.label)
	}
}

// jump is a break or a continue of one of these, of which the last is the innermost.
func (p *program) jump(list []*around) string {
	for k := len(list) - 1; k >= 0; k-- {
		a, last := list[k], k == len(list)-1
		if k > 0 && p.IntN(2) == 0 || a.label == "" && !last {
			continue
		}
		way := "break"
		if a.loop && p.IntN(2) == 0 {
			way = "continue"
		}
		if a.label == "" || last && p.IntN(2) == 0 {
			return way
		}
		a.used = true
		return way + " " + a.label
	}
	return "break"
}
