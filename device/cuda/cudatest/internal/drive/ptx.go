//go:build cuda && linux && cgo

package drive

import "strings"

// PTX is a text with the entries of kernels.cu. The driver reads their names and
// parameters; what they do comes from the host's compiler.
func PTX() string {
	var b strings.Builder
	b.WriteString(".version 7.8\n.target sm_52\n.address_size 64\n\n.visible .global .align 4 .b8 table[16];\n")
	for _, e := range []struct{ name, params string }{
		{"axpy", "u64 u64 f32 u32"},
		{"where", "u64 u64"},
		{"reverse", "u64"},
		{"reverse_racing", "u64"},
		{"sum", "u64 u64 u32"},
		{"warp", "u64"},
		{"rotate", "u64 u32"},
		{"atomics", "u64 u64 u64 u64 u64"},
		{"structure", "u64 b8[20]"},
		{"lookup", "u64"},
		{"store", "u64 u64"},
		{"load", "u64 u64 u64"},
		{"divide", "u64 u32"},
		{"trap", ""},
		{"asserts", "u32"},
		{"divergent", ""},
		{"half_warp", ""},
		{"outside_mask", ""},
		{"overflow", "u64 u32"},
		{"leaves_early", "u64"},
		{"shared_store", "u32"},
		{"dynamic_store", "u32"},
	} {
		b.WriteString("\n.visible .entry " + e.name + "(\n")
		for i, p := range strings.Fields(e.params) {
			if i > 0 {
				b.WriteString(",\n")
			}
			kind, size, array := strings.Cut(p, "[")
			name := e.name + "_param_" + string(rune('0'+i))
			if array {
				b.WriteString("\t.param .align 4 ." + kind + " " + name + "[" + size)
			} else {
				b.WriteString("\t.param ." + kind + " " + name)
			}
		}
		b.WriteString("\n)\n{\n\tret;\n}\n")
	}
	return b.String()
}
