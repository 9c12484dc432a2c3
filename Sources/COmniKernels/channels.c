// The codec's loops over channels-last frames.
#include "support.h"
#define OMNI_TEMPLATE "templates/channels.h"
#include "each_isa.h"

typedef struct channels_call {
    omni_isa isa;
    ptrdiff_t frame_count, channel_count, frames_per_piece;
    const float *x;
    float *y;
    // Of a snake, alone or after a convolution; NULL for none.
    const float *alpha, *inverse_alpha;
    // Of a convolution; a snake alone has no weight.
    const float *weight, *bias;
    ptrdiff_t tap_count, dilation;
} channels_call;

static void channels_piece(void *context, ptrdiff_t piece) {
    const channels_call *call = context;
    const ptrdiff_t frame = piece * call->frames_per_piece, start = frame * call->channel_count;
    const ptrdiff_t frame_count = omni_min(call->frames_per_piece, call->frame_count - frame);
    if (call->weight) {
        OMNI_PICK(call->isa, convolve_depthwise_rows)(
            call->x + start, frame_count, call->channel_count, call->weight, call->tap_count, call->dilation,
            call->bias, call->alpha, call->inverse_alpha, call->y + start);
    } else {
        OMNI_PICK(call->isa, snake_rows)(
            call->x + start, frame_count, call->channel_count, call->alpha, call->inverse_alpha, call->y + start);
    }
}

enum { elements_per_piece = 1 << 14, least_shared = 1 << 16 };

static void run(omni_pool *pool, channels_call *call) {
    if (call->channel_count == 0) return;
    call->frames_per_piece = omni_max(1, elements_per_piece / call->channel_count);
    omni_pool_run(
        call->frame_count * call->channel_count < least_shared ? NULL : pool,
        omni_ceiling(call->frame_count, call->frames_per_piece), channels_piece, call);
}

void omni_snake(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *alpha,
    const float *inverse_alpha, float *y
) {
    channels_call call = {
        .isa = isa, .frame_count = frame_count, .channel_count = channel_count, .x = x, .y = y, .alpha = alpha,
        .inverse_alpha = inverse_alpha,
    };
    run(pool, &call);
}

void omni_convolve_depthwise(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *weight,
    ptrdiff_t tap_count, ptrdiff_t dilation, const float *bias, const float *alpha, const float *inverse_alpha, float *y
) {
    channels_call call = {
        .isa = isa, .frame_count = frame_count, .channel_count = channel_count, .x = x, .y = y, .alpha = alpha,
        .inverse_alpha = inverse_alpha, .weight = weight, .bias = bias, .tap_count = tap_count, .dilation = dilation,
    };
    run(pool, &call);
}
