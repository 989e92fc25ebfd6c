// Package cpuexec runs work on a fixed pool of CPU workers.
//
// # Loops
//
// [Pool.For] is worked on by whoever calls it, and the pool's workers are invited
// to join in. An invitation that nobody has taken up when the work is done is
// withdrawn. Nobody ever waits for a worker that has not begun, so a call from
// inside a body, to any depth and on a pool as busy as may be, can't deadlock.
//
// [Reduce] combines what parts of a loop return, and [ParallelSort] sorts a slice.
//
// # Fork-join
//
// [Fork] runs a function that divides its work in halves by [Lane.Both], without a
// cut-off: a half that nobody wants costs little more than a call. The typed
// [Lane] keeps arguments and results in place and allocates nothing. A [Branch] is
// for halves of any types: [Both] takes their arguments by value, [Join] any two
// closures. A lane that waits for a stolen half works on what the thief has forked
// of it, and on nothing else.
//
// # Tasks
//
// [Pool.Spawn] has a worker run a function some time. Tasks from outside wait in
// a bounded queue with priorities. Tasks that tasks spawn, [Worker.Spawn], lie in
// their worker's deque, from which others steal. A [Scope] waits for a set of
// tasks. While a task waits, for a scope or in [Worker.Block], its place in the
// pool is taken by another goroutine, and no unrelated work runs on top of it.
//
// [Pool.Broadcast] has every worker run a function once, and [PerWorker] is state
// of which each worker has its own.
//
// Idle workers are parked: they use no processor time and wake in microseconds.
//
// # Panics
//
// A panic in work stops what it is part of, and is returned to who waits for that
// as a [*PanicError] with the stack of where it happened. A panic in a task that
// nobody waits for is logged and counted.
package cpuexec
