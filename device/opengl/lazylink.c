//go:build opengl && linux && cgo

// Package gl takes one symbol from libGL, or from libEGL with the tag egl.
// These definitions satisfy the linker in the library's stead, so that programs
// do not depend on it; a program that uses package gl for itself still reaches
// the real function. Weak and hidden: two copies in one program do not clash,
// and no library that is loaded later ever sees them.

#include <dlfcn.h>
#include <stddef.h>

#define LAZY __attribute__((weak, visibility("hidden")))

LAZY void *glXGetProcAddress(const unsigned char *name)
{
	void *library = dlopen("libGL.so.1", RTLD_LAZY | RTLD_GLOBAL);
	void *(*real)(const unsigned char *) = NULL;
	if (library)
		*(void **)&real = dlsym(library, "glXGetProcAddress");
	return real ? real(name) : NULL;
}

LAZY void *eglGetProcAddress(const char *name)
{
	void *library = dlopen("libEGL.so.1", RTLD_LAZY | RTLD_LOCAL);
	void *(*real)(const char *) = NULL;
	if (library)
		*(void **)&real = dlsym(library, "eglGetProcAddress");
	return real ? real(name) : NULL;
}
