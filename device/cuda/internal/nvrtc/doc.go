// Package nvrtc compiles CUDA C while the program runs, with NVIDIA's runtime
// compiler, if the machine has it. It needs neither a GPU nor a driver.
//
// The library is loaded by the first use: libnvrtc.so.13, .12 or .11.2, the
// newest that the driver knows, or the file that [EnvLibrary] names.
package nvrtc

// EnvLibrary is the environment variable with the path of the library to load
// instead of looking for one.
const EnvLibrary = "TANDEM_NVRTC"
