// Package cpuexec runs work on a fixed pool of CPU workers.
//
// # Model
//
// A [Pool] has a number of workers, one of which is whoever calls it: the
// caller of [Pool.For] works too, and the pool's goroutines are invited to join
// in. An invitation that nobody has taken up when the work is done is withdrawn.
// Nobody ever waits for a worker that has not begun, so a call from inside a
// body, to any depth and on a pool as busy as may be, can't deadlock.
//
// Idle workers are parked: they use no processor time and wake in microseconds.
//
// # Panics
//
// A panic in a body stops the work and is returned to the caller of For as a
// [*PanicError] with the stack of where it happened.
package cpuexec
