// Functions of each element.
#include "support.h"
#define OMNI_TEMPLATE "templates/elements.h"
#include "each_isa.h"

typedef struct elements_call {
    omni_isa isa;
    omni_activation activation;
    bool adding;
    float *y;
    const float *x;
    ptrdiff_t count;
} elements_call;

enum { elements_per_piece = 1 << 14, least_shared = 1 << 16 };

static void elements_piece(void *context, ptrdiff_t piece) {
    const elements_call *call = context;
    const ptrdiff_t start = piece * elements_per_piece, count = omni_min(elements_per_piece, call->count - start);
    const float *x = call->x ? call->x + start : NULL;
    if (call->adding) {
        OMNI_PICK(call->isa, add)(x, call->y + start, count);
    } else {
        OMNI_PICK(call->isa, apply)(call->activation, call->y + start, x, count);
    }
}

static void run(omni_pool *pool, elements_call *call) {
    omni_pool_run(
        call->count < least_shared ? NULL : pool, omni_ceiling(call->count, elements_per_piece), elements_piece, call);
}

void omni_activate(omni_pool *pool, omni_isa isa, omni_activation activation, float *x, ptrdiff_t count) {
    run(pool, &(elements_call){isa, activation, false, x, NULL, count});
}

void omni_gate(
    omni_pool *pool, omni_isa isa, omni_activation activation, float *y, const float *x, ptrdiff_t count
) {
    run(pool, &(elements_call){isa, activation, false, y, x, count});
}

void omni_add(omni_pool *pool, omni_isa isa, const float *x, float *y, ptrdiff_t count) {
    run(pool, &(elements_call){isa, omni_activation_relu, true, y, x, count});
}
