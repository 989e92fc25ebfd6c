#define E_FUNCTION static __device__ __forceinline__
typedef unsigned State;

E_FUNCTION State nothing() { return 0; }
E_FUNCTION void include(State &s, bool v, unsigned) { s += v; }
E_FUNCTION void join(State &s, State other) { s += other; }
E_FUNCTION State behind(State s, int reach) { return __shfl_down_sync(0xffffffffu, s, reach); }
E_FUNCTION void store(State s, unsigned *partial, unsigned group) { partial[group] = s; }
