// Values nearer to zero than this in a whole block count as zeros: their inverse would not be finite.
#define OMNI_SMALLEST 1e-30f

// To an integer; what is not a number to zero.
OMNI_INLINE omni_i32x16 OMNI_(integers)(omni_f32x16 v) {
    v = v == v ? v : splat16(0);
    return __builtin_convertvector(round16(v), omni_i32x16);
}

static void OMNI_(quantize_rows)(
    const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, int32_t zero, int8_t *quants,
    float *scales, int32_t *offsets
) {
    const ptrdiff_t padded = omni_ceiling(width, 64) * 64;
    for (ptrdiff_t row = 0; row < row_count; row++, x += x_stride) {
        for (ptrdiff_t k = 0; k < padded; k += 32, quants += 32) {
            const omni_f32x16 a = k < width ? load_some(x + k, width - k) : splat16(0);
            const omni_f32x16 b = k + 16 < width ? load_some(x + k + 16, width - k - 16) : splat16(0);
            const omni_f32x16 ma = abs16(a), mb = abs16(b);
            const float largest = max16(ma > mb ? ma : mb);
            const float inverse = largest > OMNI_SMALLEST ? 127.0f / largest : 0;
            const omni_i32x16 qa = OMNI_(integers)(a * inverse), qb = OMNI_(integers)(b * inverse);
            const omni_i8x16 ba = __builtin_convertvector(qa, omni_i8x16), bb = __builtin_convertvector(qb, omni_i8x16);
            memcpy(quants, &ba, sizeof ba);
            memcpy(quants + 16, &bb, sizeof bb);
            // A row with something that is not a number must not come out as one that has none.
            const bool is_number = __builtin_reduce_and(a == a & b == b) != 0;
            *scales++ = is_number ? largest / 127.0f : NAN;
            *offsets++ = zero * __builtin_reduce_add(qa + qb);
        }
    }
}
