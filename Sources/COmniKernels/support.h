// What all kernels share besides vectors: small arithmetic, working memory, the size of the pool.
#ifndef OMNI_SUPPORT_H
#define OMNI_SUPPORT_H
#include "COmniKernels.h"

// How many pieces cover `count`.
static inline ptrdiff_t omni_ceiling(ptrdiff_t count, ptrdiff_t piece) { return (count + piece - 1) / piece; }
static inline ptrdiff_t omni_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t omni_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

// Threads of a pool, the caller counted; 1 for NULL.
ptrdiff_t omni_pool_thread_count(const omni_pool *pool);

// Working memory of the calling thread, 64-byte aligned, valid until the same thread asks for the same slot again.
// Freed with the thread. A piece of a call and the call itself may need some at the same time, on the same thread.
typedef enum omni_scratch_slot { omni_scratch_call, omni_scratch_piece, omni_scratch_slot_count } omni_scratch_slot;
void *omni_scratch(omni_scratch_slot slot, size_t size);
#endif
