package device

// Info describes a device.
type Info struct {
	ID      string // "opengl:0"; unique in the process, stable while the machine stays the same
	Backend string // "opengl"
	Name    string // as the driver calls it: "llvmpipe (LLVM 15.0.6, 256 bits)"
	Driver  string // driver and version; part of the performance model's key
	// GPU names the piece of hardware, alike in all backends, so that one that
	// several offer is used once: "uuid 0a1b2c3d-...", or the ID of the device
	// that another backend makes of it. Empty if nothing is known.
	GPU    string
	Memory int64 // capacity in bytes that Alloc may hand out
	Caps   Caps
}

// Caps are facts about what a device can do.
type Caps struct {
	Language Language // what Compile takes
	Float64  bool     // float64 arithmetic in kernels
	Int64    bool     // integers of 64 bits in kernels; matters where they are optional, in GLSL
	// HostCores is true when the device computes on the same cores as the
	// CPU workers (llvmpipe). Such a device competes with them: using both
	// at once gains nothing, and the scheduler takes the better one.
	HostCores bool
	MaxGroups [3]int // work-groups in one dispatch, by dimension
	// MaxGroupSize is the largest number of invocations in a work-group.
	MaxGroupSize int
	SharedMemory int // bytes of shared memory a work-group may use
	// MaxBuffer is the largest buffer a kernel can see whole, in bytes.
	MaxBuffer int64
	// MaxBuffers is how many buffers a program may have. Zero means any number.
	MaxBuffers int
	// MaxIterations is how often the loops of one invocation may turn, in
	// sum, before the driver cuts them short without a word (llvmpipe in
	// Mesa 22: 65535). Zero means no limit.
	MaxIterations int64
}

// MemoryStats are the accounts of a device's memory, in bytes.
type MemoryStats struct {
	Capacity int64 // what Alloc may hand out in all
	InUse    int64 // what is handed out now
	Peak     int64 // the highest InUse so far
	Buffers  int   // number of live buffers
}
