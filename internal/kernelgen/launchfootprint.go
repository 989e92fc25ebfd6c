package kernelgen

import "fmt"

// footprint prints the elements of a buffer that belong to an index.
func (w *writer) footprint(b *Buffer) string {
	f := b.Foot
	if f.whole {
		return "kernels.Whole"
	}
	per, width := w.value(f.per), w.greatest(f.widths, "")
	perConst, isConst := f.per.value()
	halo := "0"
	if b.Access == accessIn {
		var ends []poly
		if v, ok := constantGreatest(f.widths); ok && isConst {
			// All is known now.
			v = min(v, perConst)
			width = fmt.Sprint(v)
			for _, e := range f.ends {
				ends = append(ends, e.plus(constant64(v), -1))
			}
			halo = w.greatest(append(ends, f.before...), "0")
		} else {
			width = fmt.Sprintf("min(%s, %s)", per, width)
			halo = fmt.Sprintf("max(%s, %s-%s)", w.greatest(f.before, "0"), w.greatest(f.ends, ""), width)
		}
	}
	if f.ragged {
		halo = "0"
		if b.Access == accessIn {
			var ends []poly
			for _, e := range f.ends {
				ends = append(ends, e.plus(f.per, -1))
			}
			halo = w.greatest(append(ends, f.before...), "0")
		}
		if halo != "0" {
			return "kernels.Footprint{Per: " + per + ", Halo: " + halo + ", Ragged: true}"
		}
		return "kernels.Footprint{Per: " + per + ", Ragged: true}"
	}
	if isConst && perConst == 1 && width == "1" && halo == "0" {
		return "kernels.Elementwise"
	}
	text := "kernels.Footprint{Per: " + per
	if width != per {
		text += ", Width: " + width
	}
	if halo != "0" {
		text += ", Halo: " + halo
	}
	return text + "}"
}

func constantGreatest(list []poly) (int64, bool) {
	most := int64(0)
	for i, p := range list {
		v, ok := p.value()
		if !ok {
			return 0, false
		}
		if most = max(most, v); i == 0 {
			most = v
		}
	}
	return most, len(list) > 0
}

// needs prints the demand for elements that every index reads beyond its own.
func (w *writer) needs(launch string) {
	for _, b := range w.k.Buffers {
		if b.Access != accessIn || b.Foot.whole {
			continue
		}
		width, known := constantGreatest(b.Foot.widths)
		per, isConst := b.Foot.per.value()
		for _, need := range b.Foot.needs {
			if v, ok := need.value(); ok && known && isConst && v <= min(width, per) {
				continue // AddArg has looked
			}
			if n := b.numbers(); n > 1 {
				w.line("\t%s.RequireRecords(%q, %s, %s, %s, %d)", launch, b.title(), w.operands[b], w.value(b.Foot.per), w.value(need), n)
				continue
			}
			w.line("\t%s.RequireLen(%q, %s, %s, %s)", launch, b.title(), w.operands[b], w.value(b.Foot.per), w.value(need))
		}
	}
}
