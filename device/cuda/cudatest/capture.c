//go:build cuda && linux && cgo

#include "fake.h"

bool tandem_fake_capturing(void) { return false; }
CUresult tandem_fake_capture_op(struct stream *s, struct op *op) { (void)s; (void)op; return CUDA_ERROR_NOT_SUPPORTED; }
CUresult tandem_fake_capture_unsafe(void) { return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED; }
CUresult tandem_fake_capture_record(struct stream *s, struct event *e) { (void)s; (void)e; return CUDA_ERROR_NOT_SUPPORTED; }
CUresult tandem_fake_capture_wait(struct stream *s, struct event *e) { (void)s; (void)e; return CUDA_ERROR_NOT_SUPPORTED; }
void tandem_fake_capture_forget(struct event *e) { (void)e; }
void tandem_fake_capture_break(struct stream *s) { (void)s; }
