// Package sim is a device whose speed, memory and faults are given by a test.
//
// A simulated device executes the Go variant of kernels, so that results can be
// checked, and takes as long as its [Config] says. All its waiting is done in
// channels and timers: inside a testing/synctest bubble it runs in virtual time,
// exactly and with no wall clock, so that a scheduler can be tried on eight GPUs
// in milliseconds. Outside a bubble it really takes that long.
//
// # Time
//
// A device has three engines, as a GPU has: one copies to the device, one copies
// back, one computes. Each serves one command at a time, in the order in which
// the streams reach them; commands of different streams overlap when they need
// different engines. A transfer takes TransferLatency and its bytes over the
// bandwidth; a launch takes LaunchLatency and what its indices cost. The effect
// of a command takes place at its end.
//
// The indices of a launch are read from its scalar words, where kernels put
// them for Go programs: words 0 and 1 are the first index, words 2 and 3 the one
// after the last, low word first. A program with fewer than four words has no
// indices and takes LaunchLatency alone.
//
// # Faults
//
// A [Fault] fails chosen operations, or loses, hangs, slows or delays the device
// from some operation or time on. Operations are counted from 1 in the order in
// which they are asked for. Fresh and freed memory is poisoned, and so is the
// destination of a transfer that fails; a launch that fails while it executes
// has had its effect. What a command behind a failure should have written is
// left alone.
//
// Devices are not registered with package device: a test opens them and hands
// them on.
package sim
