package kernels

import (
	"fmt"
	"strings"
)

// prelude declares what [Kernel.Source] says.
func (s *Shader) prelude(k *Kernel) string {
	var b strings.Builder
	b.WriteString("#version 430 core\n")
	if k.Int64() {
		b.WriteString("#extension GL_ARB_gpu_shader_int64 : require\n")
	}
	fmt.Fprintf(&b, "layout(local_size_x = %d, local_size_y = %d, local_size_z = %d) in;\n",
		max(1, s.Local[0]), max(1, s.Local[1]), max(1, s.Local[2]))
	fmt.Fprintf(&b, "layout(location = 0) uniform uint tandem_word[%d];\n", k.deviceWords())
	b.WriteString("uint tandem_n = tandem_word[0], tandem_lo = tandem_word[1];\n")
	b.WriteString("uint tandem_group() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }\n")
	b.WriteString("uint tandem_index() { return tandem_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x; }\n")
	for i, p := range k.Params {
		qualifier := ""
		if p.Access == In {
			qualifier = "readonly "
		}
		fmt.Fprintf(&b, "layout(std430, binding = %d) %sbuffer tandem_buffer_%d { %s %s[]; };\n", i, qualifier, i, p.Type.glsl(), p.Name)
		fmt.Fprintf(&b, "uint %s_at = tandem_word[%d];\n", p.Name, 2+i)
	}
	if k.Reduction != nil {
		fmt.Fprintf(&b, "layout(std430, binding = %d) writeonly buffer tandem_partials { uint tandem_partial[]; };\n", len(k.Params))
	}
	w := 2 + len(k.Params)
	for _, v := range k.Scalars {
		switch v.Type {
		case Float32:
			fmt.Fprintf(&b, "float %s = uintBitsToFloat(tandem_word[%d]);\n", v.Name, w)
		case Float64:
			fmt.Fprintf(&b, "double %s = packDouble2x32(uvec2(tandem_word[%d], tandem_word[%d]));\n", v.Name, w, w+1)
		case Int32:
			fmt.Fprintf(&b, "int %s = int(tandem_word[%d]);\n", v.Name, w)
		case Uint32:
			fmt.Fprintf(&b, "uint %s = tandem_word[%d];\n", v.Name, w)
		case Int64:
			fmt.Fprintf(&b, "int64_t %s = packInt2x32(ivec2(int(tandem_word[%d]), int(tandem_word[%d])));\n", v.Name, w, w+1)
		case Uint64:
			fmt.Fprintf(&b, "uint64_t %s = packUint2x32(uvec2(tandem_word[%d], tandem_word[%d]));\n", v.Name, w, w+1)
		}
		w += v.Type.Size() / 4
	}
	b.WriteString("#line 1\n")
	return b.String()
}
