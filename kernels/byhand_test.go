package kernels

// sumShader is the compensated sum of a term, an expression of GLSL, as it would be
// written by hand: BenchmarkGenerated measures the generated shaders against it.
func sumShader(t Type, term string) *Shader {
	words := 2 * t.Size() / 4
	return withReal(t, reduceShader(compensatedText+"#define TERM "+term+"\n"+sumText, words, words))
}

func withReal(t Type, s *Shader) *Shader {
	s.Text = realText[t] + s.Text
	return s
}

// sumText is the compensated sum of TERM as the state of reduce.glsl.
const sumText = `
#define STATE Compensated
STATE nothing() { return Compensated(REAL(0), REAL(0)); }
void include(inout STATE s, uint i) {
	i += tandem_lo;
	precise REAL term = TERM;
	add(s, term);
}
void join(inout STATE s, STATE other) {
	add(s, other.hi);
	s.lo += other.lo;
}
void store(STATE s, uint group) {
	uint at = group * REAL_WORDS * 2u;
	put(at, s.hi);
	put(at + REAL_WORDS, s.lo);
}
`
