package kernels

import "strings"

// TranscendentalGLSL is GLSL for functions of a floating-point type, tandem_exp,
// tandem_log and tandem_tanh, with the errors of [Exp], [Log] and [Tanh]. A shader
// may hold those for both types.
func TranscendentalGLSL(t Type) string {
	suffix := "_" + t.glsl()
	var define, undefine strings.Builder
	// What has one name in both texts and is told apart by no argument.
	for _, name := range []string{
		"INFINITY", "NAN", "LN2_HI", "LN2_LO", "INV_LN2", "UNDERFLOW", "OVERFLOW", "SMALLEST_NORMAL", "power2",
	} {
		define.WriteString("#define " + name + " tandem_" + name + suffix + "\n")
		undefine.WriteString("#undef " + name + "\n")
	}
	for _, name := range []string{"REAL", "REAL_IS_DOUBLE", "BITS_OR", "BITS_AND"} {
		undefine.WriteString("#undef " + name + "\n")
	}
	return realText[t] + define.String() + "#line 1\n" + transcendentalText + undefine.String()
}
