// What the files of the conformance program share.
#ifndef CONFORMANCE_H
#define CONFORMANCE_H
#include "COmniKernels.h"

extern int failure_count;

// Noise in -scale ... scale, the same in every run. The caller frees it.
float *floats(ptrdiff_t count, float scale);

// Prints and counts a difference that is not below the bound, relative to the largest expected magnitude.
void check(
    const char *what, omni_isa isa, const float *found, const double *expected, ptrdiff_t count, double bound);

void check_attentions(omni_pool *pool, omni_isa isa);
#endif
