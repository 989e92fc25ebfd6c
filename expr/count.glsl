#define STATE uint

STATE nothing() { return 0u; }
void include(inout STATE s, uint i) { s += term(i + tandem_lo) ? 1u : 0u; }
void join(inout STATE s, STATE other) { s += other; }
void store(STATE s, uint group) { tandem_partial[group] = s; }
