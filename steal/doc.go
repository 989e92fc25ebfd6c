// Package steal holds the data structures of work stealing: pure values and
// atomics, without goroutines, clocks or logging.
//
// A [Range] is a part of an index space that its owner consumes at the front
// and thieves shorten at the back. [Amount] decides how much a thief may take,
// so that it never prolongs the whole.
package steal
