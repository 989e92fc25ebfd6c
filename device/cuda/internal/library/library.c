//go:build cuda && linux && cgo

#include "library.h"

#include "driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "" is wherever the dynamic linker looks; the others are where NVIDIA's
   installer and Arch's package put toolkits, often outside the linker's paths. */
static const char *const folders[] = {"", "/usr/local/cuda/lib64/", "/opt/cuda/lib64/"};

enum { FOLDERS = sizeof folders / sizeof *folders };

static int take(const struct tandem_library *l, void *handle, void **table, const char *from, char *reason, size_t size)
{
	for (int i = 0; l->symbols[i]; i++) {
		table[i] = dlsym(handle, l->symbols[i]);
		if (!table[i]) {
			snprintf(reason, size, "%s has no %s", from, l->symbols[i]);
			return -1;
		}
	}
	return 0;
}

static int open_path(const struct tandem_library *l, const char *path, void **table, char *reason, size_t size)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle) {
		if (take(l, handle, table, path, reason, size) == 0)
			return 0;
		dlclose(handle);
		return -1;
	}
	/* That it is not here is no news; that it is here and lacks something is. */
	const char *error = dlerror();
	if (strncmp(error, path, strlen(path)) != 0 || !strstr(error, "cannot open shared object file: No such file"))
		snprintf(reason, size, "%s", error);
	return -1;
}

static int open_version(const struct tandem_library *l, const char *version, void **table, char *reason, size_t size)
{
	char path[256];
	for (int i = 0; i < FOLDERS; i++) {
		snprintf(path, sizeof path, "%s%s%s%s", folders[i], l->name, *version ? "." : "", version);
		if (open_path(l, path, table, reason, size) == 0)
			return 0;
	}
	return -1;
}

int tandem_library_open(const struct tandem_library *l, void **table, char *reason, size_t size)
{
	const char *path = getenv(l->variable);
	int known = tandem_cuda_version() / 1000;

	*reason = '\0';
	if (path && *path) {
		if (open_path(l, path, table, reason, size) == 0)
			return 0;
		if (!*reason)
			snprintf(reason, size, "%s names %s, which is not there", l->variable, path);
		return -1;
	}
	for (int i = 0; l->versions[i]; i++)
		if (!known || atoi(l->versions[i]) <= known)
			if (open_version(l, l->versions[i], table, reason, size) == 0)
				return 0;
	if (open_version(l, "", table, reason, size) == 0)
		return 0;
	for (int i = 0; l->versions[i]; i++)
		if (known && atoi(l->versions[i]) > known)
			if (open_version(l, l->versions[i], table, reason, size) == 0)
				return 0;
	if (!*reason) {
		snprintf(reason, size, "there is no %s", l->name);
		for (int i = 0; l->versions[i]; i++) {
			size_t length = strlen(reason);
			snprintf(reason + length, size - length, "%s.%s", i ? ", " : " nor ", l->versions[i]);
		}
	}
	return -1;
}
