/* Captures, as the calls that begin and end them see them. */
#ifndef TANDEM_CUDATEST_CAPTURE_H
#define TANDEM_CUDATEST_CAPTURE_H

#include "nodes.h"

/*
 * While a stream captures, its commands become nodes of a graph instead of being
 * executed. A stream that waits for an event of the capture joins it; all that
 * have joined must be waited for again before the capture ends.
 */
struct capture {
	struct capture *next;
	struct stream *origin;
	struct nodes *nodes;
	CUstreamCaptureMode mode;
	pthread_t thread; /* that has begun it */
	bool broken;
};

extern __thread CUstreamCaptureMode tandem_fake_capture_mode; /* what captures forbid the thread at most */

void tandem_fake_capture_begin(struct stream *s, CUstreamCaptureMode mode);
void tandem_fake_capture_finish(struct capture *c); /* everybody leaves, and the capture goes */

#endif
