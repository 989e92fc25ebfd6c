// Package egl makes OpenGL contexts without a window system. It loads
// libEGL.so.1 when [Load] is called, so that a program which uses it neither
// links to the library nor needs it to start.
//
// Only the few entry points that headless compute needs are here. Displays are
// never terminated: eglTerminate invalidates every context of a display that
// the whole process shares.
//
// The functions may be called from any goroutine; what concerns the calling
// thread (MakeCurrent, Release, ReleaseThread) wants a goroutine that is locked
// to its thread.
package egl
