// Values nearer to zero than this in a whole block count as zeros: their inverse would not be finite.
#define OMNI_SMALLEST 1e-30f

// To an integer; what is not a number to zero.
OMNI_INLINE omni_i32x16 OMNI_(integers)(omni_f32x16 v) {
    v = v == v ? v : splat16(0);
    return __builtin_convertvector(round16(v), omni_i32x16);
}

// Sixteen integers that fit a byte: as bytes in their order, or as words, of each four 0, 2, 1, 3.
OMNI_INLINE void OMNI_(store_quants)(int8_t *quants, omni_i32x16 v, bool as_words) {
    if (as_words) {
        typedef int16_t i16x16 __attribute__((ext_vector_type(16)));
        v = __builtin_shufflevector(v, v, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
        const i16x16 words = __builtin_convertvector(v, i16x16);
        memcpy(quants, &words, sizeof words);
    } else {
        const omni_i8x16 bytes = __builtin_convertvector(v, omni_i8x16);
        memcpy(quants, &bytes, sizeof bytes);
    }
}

static void OMNI_(quantize_rows)(
    const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, int32_t zero, bool as_words,
    int8_t *quants, float *scales, int32_t *offsets
) {
    const ptrdiff_t quant_size = as_words ? 2 : 1;
    const ptrdiff_t padded = omni_ceiling(width, 64) * 64;
    for (ptrdiff_t row = 0; row < row_count; row++, x += x_stride) {
        for (ptrdiff_t k = 0; k < padded; k += 32, quants += 32 * quant_size) {
            const omni_f32x16 a = k < width ? load_some(x + k, width - k) : splat16(0);
            const omni_f32x16 b = k + 16 < width ? load_some(x + k + 16, width - k - 16) : splat16(0);
            const omni_f32x16 ma = abs16(a), mb = abs16(b);
            const float largest = max16(ma > mb ? ma : mb);
            const float inverse = largest > OMNI_SMALLEST ? 127.0f / largest : 0;
            const omni_i32x16 qa = OMNI_(integers)(a * inverse), qb = OMNI_(integers)(b * inverse);
            OMNI_(store_quants)(quants, qa, as_words);
            OMNI_(store_quants)(quants + 16 * quant_size, qb, as_words);
            // A row with something that is not a number must not come out as one that has none.
            const bool is_number = __builtin_reduce_and(a == a & b == b) != 0;
            *scales++ = is_number ? largest / 127.0f : NAN;
            *offsets++ = zero * __builtin_reduce_add(qa + qb);
        }
    }
}
