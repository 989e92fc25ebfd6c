//go:build cuda && linux && cgo

#include "fake.h"

#include "driver.h"

static int answer;

static void install(void)
{
	answer = tandem_cuda_redirect(tandem_cudatest_resolve);
	if (answer == 0)
		tandem_fake_catch_signals();
}

int tandem_cudatest_install(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, install);
	return answer;
}
