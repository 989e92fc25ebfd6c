// Package library finds the shared libraries of CUDA's toolkit when they are
// first needed: programs do not link them and start where they are not
// installed. It has a C face only, library.h; packages cublas and nvrtc use it.
package library
