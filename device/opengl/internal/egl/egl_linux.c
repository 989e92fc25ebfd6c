//go:build opengl && linux && cgo

#include "egl.h"

#include <dlfcn.h>
#include <stddef.h>

enum {
	SUCCESS = 0x3000,
	BAD_PARAMETER = 0x300C,
	MISSING = -1,
	NONE = 0x3038,
	SURFACE_TYPE = 0x3033,
	PBUFFER_BIT = 1,
	RENDERABLE_TYPE = 0x3040,
	OPENGL_BIT = 8,
	EXTENSIONS = 0x3055,
	OPENGL_API = 0x30A2,
};

// Written once by tandem_egl_load, which the Go side calls under a lock and
// before everything else; only read afterwards.
static struct {
	void (*(*get_proc_address)(const char *))(void);
	const char *(*query_string)(void *, int32_t);
	int32_t (*get_error)(void);
	unsigned (*initialize)(void *, int32_t *, int32_t *);
	unsigned (*bind_api)(unsigned);
	unsigned (*choose_config)(void *, const int32_t *, void **, int32_t, int32_t *);
	void *(*create_context)(void *, void *, void *, const int32_t *);
	unsigned (*destroy_context)(void *, void *);
	unsigned (*make_current)(void *, void *, void *, void *);
	unsigned (*release_thread)(void);

	// Extensions: NULL where the library has none.
	unsigned (*query_devices)(int32_t, void **, int32_t *);
	const char *(*query_device_string)(void *, int32_t);
	unsigned (*query_device_attribute)(void *, int32_t, intptr_t *);
	unsigned (*query_device_binary)(void *, int32_t, int32_t, void *, int32_t *);
	void *(*get_platform_display)(unsigned, void *, const int32_t *);
} egl;

const char *tandem_egl_load(const char *library)
{
	// Local, so that the library's symbols do not resolve those of others.
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return dlerror();
#define NEED(field, name)                                                   \
	if (!(*(void **)&egl.field = dlsym(handle, name)))                  \
		return "it has no " name
	NEED(get_proc_address, "eglGetProcAddress");
	NEED(query_string, "eglQueryString");
	NEED(get_error, "eglGetError");
	NEED(initialize, "eglInitialize");
	NEED(bind_api, "eglBindAPI");
	NEED(choose_config, "eglChooseConfig");
	NEED(create_context, "eglCreateContext");
	NEED(destroy_context, "eglDestroyContext");
	NEED(make_current, "eglMakeCurrent");
	NEED(release_thread, "eglReleaseThread");
#undef NEED
#define WANT(field, name) *(void **)&egl.field = (void *)egl.get_proc_address(name)
	WANT(query_devices, "eglQueryDevicesEXT");
	WANT(query_device_string, "eglQueryDeviceStringEXT");
	WANT(query_device_attribute, "eglQueryDeviceAttribEXT");
	WANT(query_device_binary, "eglQueryDeviceBinaryEXT");
	WANT(get_platform_display, "eglGetPlatformDisplayEXT");
#undef WANT
	return NULL;
}

// failure is called after a call that failed: the code must not read as
// success even where the library forgot to set one.
static tandem_egl_status failure(void)
{
	int32_t code = egl.get_error();
	return code == SUCCESS ? BAD_PARAMETER : code;
}

void *tandem_egl_proc(const char *name) { return (void *)egl.get_proc_address(name); }

const char *tandem_egl_client_extensions(void) { return egl.query_string(NULL, EXTENSIONS); }

tandem_egl_status tandem_egl_devices(void **devices, int32_t max, int32_t *count)
{
	if (!egl.query_devices)
		return MISSING;
	return egl.query_devices(max, devices, count) ? 0 : failure();
}

const char *tandem_egl_device_string(void *device, int32_t name)
{
	return egl.query_device_string ? egl.query_device_string(device, name) : NULL;
}

tandem_egl_status tandem_egl_device_attribute(void *device, int32_t name, intptr_t *value)
{
	if (!egl.query_device_attribute)
		return MISSING;
	return egl.query_device_attribute(device, name, value) ? 0 : failure();
}

tandem_egl_status tandem_egl_device_binary(void *device, int32_t name, int32_t max, void *value, int32_t *size)
{
	if (!egl.query_device_binary)
		return MISSING;
	return egl.query_device_binary(device, name, max, value, size) ? 0 : failure();
}

tandem_egl_status tandem_egl_display(uint32_t platform, void *native, void **display)
{
	int32_t major, minor;
	if (!egl.get_platform_display)
		return MISSING;
	*display = egl.get_platform_display(platform, native, NULL);
	if (!*display)
		return failure();
	return egl.initialize(*display, &major, &minor) ? 0 : failure();
}

const char *tandem_egl_display_string(void *display, int32_t name) { return egl.query_string(display, name); }

tandem_egl_status tandem_egl_context(void *display, int want_config, const int32_t *attributes, void **context)
{
	static const int32_t wanted[] = {SURFACE_TYPE, PBUFFER_BIT, RENDERABLE_TYPE, OPENGL_BIT, NONE};
	void *config = NULL;
	int32_t count = 0;
	if (want_config && (!egl.choose_config(display, wanted, &config, 1, &count) || count == 0))
		return failure();
	// The API is bound for the calling thread, here and in make_current.
	if (!egl.bind_api(OPENGL_API))
		return failure();
	*context = egl.create_context(display, config, NULL, attributes);
	return *context ? 0 : failure();
}

tandem_egl_status tandem_egl_make_current(void *display, void *context)
{
	if (!egl.bind_api(OPENGL_API))
		return failure();
	return egl.make_current(display, NULL, NULL, context) ? 0 : failure();
}

tandem_egl_status tandem_egl_destroy(void *display, void *context)
{
	return egl.destroy_context(display, context) ? 0 : failure();
}

tandem_egl_status tandem_egl_release_thread(void) { return egl.release_thread() ? 0 : failure(); }
