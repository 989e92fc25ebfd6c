// Package hybrid runs numeric work on everything a machine has at once.
//
// A [Scheduler] owns the devices of the machine and a pool of CPU workers. It
// cuts a launch into pieces, gives every device its share, and lets whoever
// runs dry steal from whoever has most left.
package hybrid
