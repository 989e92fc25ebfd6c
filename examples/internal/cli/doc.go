// Package cli is what the example programs share as command-line programs: help
// with examples, errors of one line, interruption, and the choice of devices.
package cli
