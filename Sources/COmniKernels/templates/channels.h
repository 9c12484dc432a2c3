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

static void OMNI_(snake_rows)(
    float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *alpha, const float *inverse_alpha
) {
    for (ptrdiff_t t = 0; t < frame_count; t++, x += channel_count) {
        for (ptrdiff_t c = 0; c < channel_count; c += 16) {
            const ptrdiff_t left = channel_count - c;
            const omni_f32x16 value = load_some(x + c, left), angle = value * load_some(alpha + c, left);
            omni_f32x16 sine = OMNI_(sine_up_to_sign)(angle);
            // The library reduces what is too large for three parts of π. Not a number is not small either.
            if (!__builtin_reduce_and(abs16(angle) <= 8192.0f))
                for (int i = 0; i < 16; i++) sine[i] = sinf(angle[i]);
            store_some(x + c, load_some(inverse_alpha + c, left) * sine * sine + value, left);
        }
    }
}

static void OMNI_(convolve_depthwise_rows)(
    const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *weight, ptrdiff_t tap_count,
    ptrdiff_t dilation, const float *bias, float *y
) {
    for (ptrdiff_t t = 0; t < frame_count; t++, x += channel_count, y += channel_count) {
        for (ptrdiff_t c = 0; c < channel_count; c += 16) {
            const ptrdiff_t left = channel_count - c;
            omni_f32x16 sum = bias ? load_some(bias + c, left) : splat16(0);
            for (ptrdiff_t k = 0; k < tap_count; k++)
                sum = load_some(x + k * dilation * channel_count + c, left)
                    * load_some(weight + k * channel_count + c, left) + sum;
            store_some(y + c, sum, left);
        }
    }
}
