// Package devicetest is the conformance suite of package device: what every
// backend must do, written once.
//
// A backend's test calls [Run] with a function that opens a device and with the
// few tiny kernels that the suite needs, in the device's own language. A backend
// whose language is Go takes them from [GoPrograms].
//
//	func TestConformance(t *testing.T) {
//		devicetest.Run(t, open, devicetest.GoPrograms())
//	}
//
// Every subtest opens a device of its own, frees what it used, and fails when
// memory, buffers or goroutines are left over. Random parts print their seed
// when they fail and take it from the environment variable TANDEM_SEED.
package devicetest
