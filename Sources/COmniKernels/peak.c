// The machine's own limit: how many multiplications and additions its instructions do when nothing is read.
#include "product.h"
#define OMNI_TEMPLATE "templates/peak.h"

// Makes the compiler believe that `v`, one register, has changed. Costs no instruction.
#if defined(__x86_64__)
#define OMNI_KEEP(v) __asm__ volatile("" : "+v"(v))
#elif defined(__aarch64__)
#define OMNI_KEEP(v) __asm__ volatile("" : "+w"(v))
#else
#define OMNI_KEEP(v) __asm__ volatile("" : "+m"(v))
#endif

#define OMNI_PAIRS 0
#include "each_isa.h"

#include "isa_avxvnni.h"

#include "isa_neoni8mm.h"

#undef OMNI_PAIRS
#define OMNI_PAIRS 1
#include "isa_avx512bf16.h"

#include "isa_neonbf16.h"

typedef double peak_kernel(ptrdiff_t repetition_count);

static peak_kernel *kernel_for(omni_isa isa, omni_format format) {
    switch (format) {
    case omni_format_float32:
        return OMNI_PICK_BYTES(isa, peak_float32);
    case omni_format_bfloat16:
#if OMNI_HAS_PAIRS
        if (omni_takes_pairs(isa)) return peak_bfloat16_pairs;
#endif
        return OMNI_PICK_BYTES(isa, peak_float32);
    case omni_format_int8:
        return OMNI_PICK_BYTES(isa, peak_int8);
    case omni_format_int4:
        return OMNI_PICK_BYTES(isa, peak_int4);
    }
    return OMNI_PICK_BYTES(isa, peak_float32);
}

enum { pieces_per_thread = 32 };

typedef struct peak_call {
    peak_kernel *kernel;
    ptrdiff_t repetition_count;
    double operation_count;  // of a piece: all do the same, the first one says it
} peak_call;

static void peak_piece(void *context, ptrdiff_t piece) {
    peak_call *call = context;
    const double operation_count = call->kernel(call->repetition_count);
    if (piece == 0) call->operation_count = operation_count;
}

double omni_multiply_at_peak(omni_pool *pool, omni_isa isa, omni_format format, ptrdiff_t repetition_count) {
    peak_call call = {kernel_for(isa, format), repetition_count, 0};
    const ptrdiff_t piece_count = omni_pool_thread_count(pool) * pieces_per_thread;
    omni_pool_run(pool, piece_count, peak_piece, &call);
    return (double)piece_count * call.operation_count;
}
