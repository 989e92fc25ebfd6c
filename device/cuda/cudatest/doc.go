// Package cudatest is a CUDA driver inside the process, so that programs that
// use CUDA, and the kernels that they launch, are tested on machines without a
// GPU: in CI, under the race detector, with the address sanitizer.
//
// [Install] puts it in the place of libcuda.so.1 for everything that reaches the
// driver through Tandem: device/cuda, and gorgonia.org/cu in the same program.
// It needs the build tag cuda, and a C and a C++ compiler. [Reset] makes the
// machine that a test wants, as many devices of so much memory.
//
// # Kernels
//
// Nobody here executes PTX. The driver reads the names and parameters of a
// module's entries, and executes the same CUDA C compiled for the host. Say
// halve.cu has
//
//	extern "C" __global__ void halve(float *x, unsigned n)
//	{
//		unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
//		if (i < n)
//			x[i] *= 0.5f;
//	}
//
// and halve.ptx is what NVRTC or nvcc makes of it. Then a package, which only
// tests import, holds halve.cc,
//
//	//go:build cuda
//
//	#include "cuda_host.hpp"
//	#include "halve.cu"
//
//	TANDEM_HOST_KERNEL(halve)
//
// and a Go file that tells the compiler where the header is:
//
//	//go:build cuda
//
//	package halvehost
//
//	// #cgo CXXFLAGS: -std=c++17 -fno-exceptions -I/path/to/tandem/device/cuda/cudatest
//	// #cgo asan CXXFLAGS: -fsanitize=address
//	import "C"
//
//	import _ "github.com/tandem-go/tandem/device/cuda/cudatest"
//
// ("go list -f {{.Dir}} github.com/tandem-go/tandem/device/cuda/cudatest" prints
// the path; C++ is not allowed in test files.) A test of the program itself then
// goes the whole way, from loading the module to the bytes that come back:
//
//	func TestMain(m *testing.M) {
//		if err := cudatest.Install(); err != nil {
//			log.Fatal(err)
//		}
//		os.Exit(m.Run())
//	}
//
//	func TestHalve(t *testing.T) {
//		cudatest.Reset(cudatest.Config{Devices: 2, Memory: 1 << 26, Late: true, Seed: 1})
//		... run it ...
//		for _, o := range cudatest.Live() {
//			t.Error("not given back:", o)
//		}
//		for _, what := range cudatest.Complaints() {
//			t.Error(what)
//		}
//	}
//
// The header has threads, blocks and grids, shared memory both static and
// dynamic, barriers, shuffles, votes, atomics, vector types and the functions of
// CUDA's mathematics; textures, cooperative groups, half types, inline PTX and
// launches from kernels it has not. A kernel without barriers is a loop over its
// threads, at a few nanoseconds each; a thread that waits costs some 50 to 100
// nanoseconds each time (BenchmarkThreads measures it). a*b + c is rounded twice,
// as --fmad=false has it; for one rounding write fmaf.
//
// # What is found
//
//   - Fresh memory is a pattern that is a NaN; so is what lanes give to a shuffle
//     that do not exist. Blocks begin their threads from the first or from the
//     last one on, by turns, so that a missing barrier shows.
//   - A kernel that touches null, memory that was freed, or what lies more than
//     255 bytes past its memory breaks the context with
//     CUDA_ERROR_ILLEGAL_ADDRESS, as it does on a GPU. Writes nearer than that are
//     found when the memory is freed. With -asan every access that is outside is
//     reported, static and dynamic shared memory included, and the program ends.
//   - Barriers that not all threads reach, lanes outside of their mask, traps and
//     failed assertions end a launch. [Complaints] says which thread it was, and
//     where.
//   - With [Config].Late streams run out of order wherever no event orders them.
//     Page-locked memory is read and written when a copy is executed, so that what
//     is reused too early shows. A seed that fails fails again.
//   - PTX whose parameters are not the host kernel's is refused, so that a text
//     that was changed and not compiled again is found.
//   - [Live] lists what was not given back, and which call had made it.
//
// # What goes wrong
//
// [Fail] has a call fail; [Failures] makes a loop of it, in which every call of
// a scenario fails in turn. [Fault] breaks a context from within its commands,
// [Hang] keeps a command from ending until [Release], [Remove] takes a device
// away. Memory that is short is a matter of [Config].
//
// # How it differs from the driver
//
// Commands of one device are executed one at a time. The legacy stream
// orders as the driver's does, and a thread has no stream of its own. Handles
// and addresses are not given twice. Calls that are not there (arrays, textures,
// surfaces, managed memory, copies of rectangles, nodes of graphs by hand)
// answer CUDA_ERROR_NOT_SUPPORTED; [Names] lists those that are.
//
// All functions may be called from any goroutine, but a Reset is for a time when
// nobody else uses the driver.
package cudatest
