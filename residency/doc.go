// Package residency keeps track of where the newest value of a buffer lives.
//
// A [Buffer] has a home on the host and, as launches need them, replicas on
// devices. For every stretch of its elements the package knows which copies are
// valid; a launch states how it uses each argument and the package moves what
// is missing, and nothing else. There are no dirty flags and no sync calls for
// a user to forget.
package residency
