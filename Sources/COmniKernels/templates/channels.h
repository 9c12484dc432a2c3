// ± sin x within 2e-7 for |x| ≤ 8192: reduced to ±π/2 by the nearest multiple of π, which only turns the sign.
OMNI_INLINE omni_f32x16 OMNI_(sine_up_to_sign)(omni_f32x16 x) {
    const omni_f32x16 n = round16(x * 0.318309886f);
    // π in three parts, the first two so short that their products with n are exact.
    const omni_f32x16 r = ((x - n * 3.140625f) - n * 9.675025939941406e-4f) - n * 1.509957990978376e-7f;
    const omni_f32x16 u = r * r;
    // Minimax in absolute error on ±π/2.
    omni_f32x16 p = splat16(2.6000346e-6f);
    p = p * u + -1.9806606e-4f;
    p = p * u + 0.008333017f;
    p = p * u + -0.16666657f;
    return r + r * u * p;
}

OMNI_INLINE omni_f32x16 OMNI_(snake)(omni_f32x16 value, omni_f32x16 alpha, omni_f32x16 inverse_alpha) {
    const omni_f32x16 angle = value * alpha;
    omni_f32x16 sine = OMNI_(sine_up_to_sign)(angle);
    // The library reduces what is too large for three parts of π. Not a number is not small either.
    if (!__builtin_reduce_and(abs16(angle) <= 8192.0f))
        for (int i = 0; i < 16; i++) sine[i] = sinf(angle[i]);
    return inverse_alpha * sine * sine + value;
}

// Channels `c ..< c + 16` of a frame, those that exist.
OMNI_INLINE void OMNI_(snake_channels)(
    const float *x, ptrdiff_t left, const float *alpha, const float *inverse_alpha, float *y
) {
    const omni_f32x16 value = load_some(x, left);
    store_some(y, OMNI_(snake)(value, load_some(alpha, left), load_some(inverse_alpha, left)), left);
}

// `y` may be `x`.
static void OMNI_(snake_rows)(
    const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *alpha, const float *inverse_alpha,
    float *y
) {
    for (ptrdiff_t t = 0; t < frame_count; t++, x += channel_count, y += channel_count) {
        ptrdiff_t c = 0;
        for (; c + 16 <= channel_count; c += 16) OMNI_(snake_channels)(x + c, 16, alpha + c, inverse_alpha + c, y + c);
        if (c < channel_count)
            OMNI_(snake_channels)(x + c, channel_count - c, alpha + c, inverse_alpha + c, y + c);
    }
}

// Channels `c ..< c + 16`, those that exist, of `frames` frames one after another: a tap is read once for all of them.
// A snake follows unless `alpha` is NULL.
OMNI_INLINE void OMNI_(convolve_frames)(
    const float *x, ptrdiff_t channel_count, ptrdiff_t left, const float *weight, ptrdiff_t tap_count,
    ptrdiff_t dilation, const float *bias, const float *alpha, const float *inverse_alpha, float *y, const int frames
) {
    omni_f32x16 sum[4];
    OMNI_UNROLL for (int i = 0; i < frames; i++) sum[i] = bias ? load_some(bias, left) : splat16(0);
    for (ptrdiff_t k = 0; k < tap_count; k++, x += dilation * channel_count, weight += channel_count) {
        const omni_f32x16 tap = load_some(weight, left);
        OMNI_UNROLL for (int i = 0; i < frames; i++) sum[i] = load_some(x + i * channel_count, left) * tap + sum[i];
    }
    if (alpha) {
        const omni_f32x16 a = load_some(alpha, left), inverse = load_some(inverse_alpha, left);
        OMNI_UNROLL for (int i = 0; i < frames; i++) sum[i] = OMNI_(snake)(sum[i], a, inverse);
    }
    OMNI_UNROLL for (int i = 0; i < frames; i++) store_some(y + i * channel_count, sum[i], left);
}

static void OMNI_(convolve_depthwise_rows)(
    const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *weight, ptrdiff_t tap_count,
    ptrdiff_t dilation, const float *bias, const float *alpha, const float *inverse_alpha, float *y
) {
    for (ptrdiff_t t = 0, frames; t < frame_count; t += frames) {
        frames = frame_count - t >= 4 ? 4 : 1;
        for (ptrdiff_t c = 0; c < channel_count; c += 16) {
            const ptrdiff_t left = channel_count - c, at = t * channel_count + c;
            const float *w = weight + c, *b = bias ? bias + c : NULL;
            const float *a = alpha ? alpha + c : NULL, *inverse = alpha ? inverse_alpha + c : NULL;
            // Literal counts, so that the loops unroll and nothing is asked of each vector.
            if (frames == 1) {
                OMNI_(convolve_frames)(
                    x + at, channel_count, left, w, tap_count, dilation, b, a, inverse, y + at, 1);
            } else if (left >= 16) {
                OMNI_(convolve_frames)(x + at, channel_count, 16, w, tap_count, dilation, b, a, inverse, y + at, 4);
            } else {
                OMNI_(convolve_frames)(
                    x + at, channel_count, left, w, tap_count, dilation, b, a, inverse, y + at, 4);
            }
        }
    }
}
