// OpenBLAS's own functions, under names of ours.

#ifndef TANDEM_OPENBLAS_LOAD_H
#define TANDEM_OPENBLAS_LOAD_H

// tandem_openblas_open loads OpenBLAS, with one thread until a call asks for more.
// It returns what the library says of itself, or NULL and in *why, which is to be
// freed, what was wrong with the last one that was tried. It is called once, before
// the functions below.
const char *tandem_openblas_open(char **why);

// tandem_openblas_processors is how many processors OpenBLAS would use by itself.
int tandem_openblas_processors(void);

// tandem_openblas_use sets the number of threads for calls that begin now.
void tandem_openblas_use(int threads);

#endif
