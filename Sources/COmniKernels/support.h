// What all kernels share besides vectors: small arithmetic, working memory, the size of the pool.
#ifndef OMNI_SUPPORT_H
#define OMNI_SUPPORT_H
#include "COmniKernels.h"
#include <stdint.h>

// How many pieces cover `count`.
static inline ptrdiff_t omni_ceiling(ptrdiff_t count, ptrdiff_t piece) { return (count + piece - 1) / piece; }
static inline ptrdiff_t omni_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t omni_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

// Sizes of memory: what does not fit in a `ptrdiff_t` becomes `omni_size_limit`, which no allocation gives.
static const size_t omni_size_limit = PTRDIFF_MAX;
static inline size_t omni_size_product(size_t a, size_t b) {
    size_t product;
    return __builtin_mul_overflow(a, b, &product) || product > omni_size_limit ? omni_size_limit : product;
}
static inline size_t omni_size_sum(size_t a, size_t b) {
    size_t sum;
    return __builtin_add_overflow(a, b, &sum) || sum > omni_size_limit ? omni_size_limit : sum;
}

// Working memory of the calling thread, 64-byte aligned, valid until the same thread asks for the same slot again.
// Freed with the thread; where the system gives none, the process ends with a line that says so. A piece of a call and
// the call itself may need some at the same time, on the same thread.
typedef enum omni_scratch_slot { omni_scratch_call, omni_scratch_piece, omni_scratch_slot_count } omni_scratch_slot;
void *omni_scratch(omni_scratch_slot slot, size_t size);
#endif
