/* A library that passes for NVRTC of version MAJOR while nothing is compiled. */
#define THERE(name)                                                                                          \
	int name(void) { return 0; }

int nvrtcVersion(int *major, int *minor)
{
	*major = MAJOR;
	*minor = 0;
	return 0;
}

THERE(nvrtcGetErrorString)
THERE(nvrtcGetNumSupportedArchs)
THERE(nvrtcGetSupportedArchs)
THERE(nvrtcCreateProgram)
THERE(nvrtcDestroyProgram)
THERE(nvrtcCompileProgram)
THERE(nvrtcGetProgramLogSize)
THERE(nvrtcGetProgramLog)
THERE(nvrtcGetPTXSize)
THERE(nvrtcGetPTX)
THERE(nvrtcGetCUBINSize)
THERE(nvrtcGetCUBIN)
