// Sums of four products of bytes in each of 16 lanes: `line` holds 4 columns of 16 rows, `x` the same 4 columns of a
// row of activations.
//
// Weights are stored with 128 (nibbles: 8) added. AVX-512 multiplies them as they are and makes up for it where a sum
// starts, by the row's offset; the others take the 128 off first.

// Starts a sum of `dot_int8`.
OMNI_INLINE omni_i32x16 OMNI_(start_int8)(int32_t offset) {
#if OMNI_IS_AVX512
    return (omni_i32x16)(offset);
#else
    (void)offset;
    return (omni_i32x16)(0);
#endif
}

// Bytes as stored to bytes as `dot_int8` wants them.
OMNI_INLINE omni_u8x64 OMNI_(load_int8)(const uint8_t *w) {
    omni_u8x64 line;
    memcpy(&line, w, sizeof line);
#if OMNI_IS_AVX512
    return line;
#else
    return line ^ (omni_u8x64)(0x80);
#endif
}

#if OMNI_IS_AVX2
// Without saturation as long as |w| · 127 · 2 < 2¹⁵: `w` times the sign of x is taken as |x| times the sign of w.
OMNI_INLINE omni_i32x16 OMNI_(dot_int8)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
    typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
    const __m256i activation = _mm256_set1_epi32(x), ones = _mm256_set1_epi16(1);
    const __m256i low = (__m256i)line.lo, high = (__m256i)line.hi;
    const __m256i a = _mm256_maddubs_epi16(_mm256_abs_epi8(low), _mm256_sign_epi8(activation, low));
    const __m256i b = _mm256_maddubs_epi16(_mm256_abs_epi8(high), _mm256_sign_epi8(activation, high));
    sum.lo += (i32x8)_mm256_madd_epi16(a, ones);
    sum.hi += (i32x8)_mm256_madd_epi16(b, ones);
    return sum;
}
#elif OMNI_IS_AVX512
OMNI_INLINE omni_i32x16 OMNI_(dot_int8)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
    return (omni_i32x16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)line, _mm512_set1_epi32(x));
}
#elif OMNI_IS_NEON
OMNI_INLINE omni_i32x16 OMNI_(dot_int8)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
    const int8x16_t activation = vreinterpretq_s8_s32(vdupq_n_s32(x));
    int32x4_t sums[4];
    int8x16_t weights[4];
    memcpy(sums, &sum, sizeof sum);
    memcpy(weights, &line, sizeof line);
    OMNI_UNROLL for (int i = 0; i < 4; i++) sums[i] = vdotq_s32(sums[i], weights[i], activation);
    memcpy(&sum, sums, sizeof sum);
    return sum;
}
#else
OMNI_INLINE omni_i32x16 OMNI_(dot_int8)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
    // Columns 0 and 2 of a lane lie in the lower bytes of its halves, 1 and 3 in the upper ones: shifts bring each
    // down.
    const omni_i32x16 words = (omni_i32x16)line;
    int8_t activation[4];
    memcpy(activation, &x, sizeof x);
    sum += (words << 24 >> 24) * activation[0];
    sum += (words << 16 >> 24) * activation[1];
    sum += (words << 8 >> 24) * activation[2];
    sum += (words >> 24) * activation[3];
    return sum;
}
#endif

// Nibbles are small enough for every instruction set's product as they are.
OMNI_INLINE omni_i32x16 OMNI_(dot_int4)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
    return OMNI_(dot_int8)(sum, line, x);
}
