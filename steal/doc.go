// Package steal holds the data structures of work stealing: pure values and
// atomics, without goroutines, clocks or logging.
//
//   - A [Range] is a part of an index space that its owner consumes at the front
//     and thieves shorten at the back. [Amount] decides how much a thief may
//     take, so that it never prolongs the whole.
//   - A [Split] is the deque of fork-join: its owner needs no fence on the common
//     path, and shares only when somebody asks.
//   - A [Deque] holds the tasks that a worker has spawned: last in first out for
//     its owner, first in first out for thieves.
//   - An [Injector] is the bounded queue with priorities through which tasks come
//     from outside.
//   - A [Lot] is where workers sleep, without losing a wake-up.
package steal
