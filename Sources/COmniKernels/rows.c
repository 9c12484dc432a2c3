// Normalisations, softmax and scaled sums.
#include "support.h"
#define OMNI_TEMPLATE "templates/rows.h"
#include "each_isa.h"

typedef void normalize_rows(
    const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight, const float *bias, float epsilon,
    float *y);

typedef struct rows_call {
    normalize_rows *normalize;  // NULL for softmax and sums
    omni_isa isa;
    const float *x, *weight, *bias;
    const float *scales;  // of sums
    float epsilon, *y;
    ptrdiff_t row_count, width, rows_per_piece;
} rows_call;

static void rows_piece(void *context, ptrdiff_t piece) {
    const rows_call *call = context;
    const ptrdiff_t row = piece * call->rows_per_piece, start = row * call->width;
    const ptrdiff_t row_count = omni_min(call->rows_per_piece, call->row_count - row);
    if (call->normalize) {
        call->normalize(
            call->x + start, row_count, call->width, call->weight, call->bias, call->epsilon, call->y + start);
    } else if (call->scales) {
        OMNI_PICK(call->isa, add_scaled_rows)(
            call->x + start, call->scales + row, row_count, call->width, call->y + start);
    } else {
        OMNI_PICK(call->isa, softmax_rows)(call->y + start, row_count, call->width);
    }
}

enum { elements_per_piece = 1 << 14, least_shared = 1 << 16 };

static void run(omni_pool *pool, rows_call *call) {
    if (call->row_count == 0 || call->width == 0) return;
    call->rows_per_piece = omni_max(1, elements_per_piece / call->width);
    omni_pool_run(
        call->row_count * call->width < least_shared ? NULL : pool,
        omni_ceiling(call->row_count, call->rows_per_piece), rows_piece, call);
}

void omni_normalize_rms(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight,
    float epsilon, float *y
) {
    rows_call call = {
        .normalize = OMNI_PICK(isa, normalize_rms_rows), .isa = isa, .x = x, .weight = weight, .epsilon = epsilon,
        .y = y, .row_count = row_count, .width = width,
    };
    run(pool, &call);
}

void omni_normalize_layer(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight,
    const float *bias, float epsilon, float *y
) {
    rows_call call = {
        .normalize = OMNI_PICK(isa, normalize_layer_rows), .isa = isa, .x = x, .weight = weight, .bias = bias,
        .epsilon = epsilon, .y = y, .row_count = row_count, .width = width,
    };
    run(pool, &call);
}

void omni_softmax(omni_pool *pool, omni_isa isa, float *x, ptrdiff_t row_count, ptrdiff_t width) {
    run(pool, &(rows_call){.isa = isa, .y = x, .row_count = row_count, .width = width});
}

void omni_add_scaled_rows(
    omni_pool *pool, omni_isa isa, const float *x, const float *scales, ptrdiff_t row_count, ptrdiff_t width, float *y
) {
    run(pool, &(rows_call){.isa = isa, .x = x, .scales = scales, .y = y, .row_count = row_count, .width = width});
}
