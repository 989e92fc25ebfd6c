// Package differential compares kernels that tandemgen has made, on the host and on
// every device of this machine, with the Go functions that they were made from.
package differential
