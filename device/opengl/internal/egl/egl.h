#ifndef TANDEM_EGL_H
#define TANDEM_EGL_H

#include <stdint.h>

// Answers 0, or the code of eglGetError; -1 stands for an entry point that the
// library lacks.
typedef int32_t tandem_egl_status;

// tandem_egl_load opens the library and answers NULL, or what was wrong.
const char *tandem_egl_load(const char *library);
void *tandem_egl_proc(const char *name);
const char *tandem_egl_client_extensions(void);

tandem_egl_status tandem_egl_devices(void **devices, int32_t max, int32_t *count);
const char *tandem_egl_device_string(void *device, int32_t name);
tandem_egl_status tandem_egl_device_attribute(void *device, int32_t name, intptr_t *value);
// tandem_egl_device_binary writes at most max bytes to value and answers how many there are.
tandem_egl_status tandem_egl_device_binary(void *device, int32_t name, int32_t max, void *value, int32_t *size);

// tandem_egl_display opens and initializes the display of a native object.
tandem_egl_status tandem_egl_display(uint32_t platform, void *native, void **display);
const char *tandem_egl_display_string(void *display, int32_t name);

// tandem_egl_context makes an OpenGL context. A display that cannot do without
// a configuration is given its first one for OpenGL.
tandem_egl_status tandem_egl_context(void *display, int want_config, const int32_t *attributes, void **context);
tandem_egl_status tandem_egl_make_current(void *display, void *context);
tandem_egl_status tandem_egl_destroy(void *display, void *context);
tandem_egl_status tandem_egl_release_thread(void);

#endif
