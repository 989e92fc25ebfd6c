// Package cublas calls NVIDIA's BLAS on device memory, if the machine has it.
//
// The library is loaded by the first use: libcublas.so.13, .12 or .11, the
// newest that the driver knows, or the file that [EnvLibrary] names. Only what
// Tandem calls is here, products of matrices, single and batched. Matrices are
// column-major, as in BLAS; a row-major product C = A·B is the column-major product of the same arrays
// with A and B exchanged.
//
// A [Handle] belongs to a context and is for one goroutine at a time. Its calls
// make the context current to the thread that they run on, and leave it so;
// those that compute are queued on the handle's stream and don't wait.
package cublas

// EnvLibrary is the environment variable with the path of the library to load
// instead of looking for one.
const EnvLibrary = "TANDEM_CUBLAS"
