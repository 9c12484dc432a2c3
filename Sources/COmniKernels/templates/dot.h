// Sums of products of bytes over a group of a block's columns, in each of 16 lanes.
//
// A group comes in parts: `load` makes 64 bytes of a part of the weights, once for all rows of a tile, and `dot` adds
// their products with the 32 bits of a row of activations that belong to that part. Weights are stored with 128
// (nibbles: 8) added; `start` takes that out of the sum again by the row's offset for the group, and what `finish`
// makes of it is exact. `load8`, `dot8` and so on are for 8 bits, `load4`, `dot4` for 4.

OMNI_INLINE omni_u8x64 OMNI_(load_bytes)(const uint8_t *w) {
    omni_u8x64 bytes;
    memcpy(&bytes, w, sizeof bytes);
    return bytes;
}

// A line of 64 bytes has two parts: the lower nibbles are 4 columns, the upper ones the next 4.
OMNI_INLINE omni_u8x64 OMNI_(load4)(const uint8_t *block, int part) {
    omni_u32x16 line;
    memcpy(&line, block + part / 2 * 64, sizeof line);
    return (omni_u8x64)((part % 2 ? line >> 4u : line) & 0x0f0f0f0fu);
}

#if OMNI_IS_AVX2
// Sums in 16 bits: products of bytes come added in pairs that must not exceed them, and what is added to them may wrap,
// because the sum of a group without the 128 or 8 fits again. The activations' scale sees to both: see `quantize.h`. An
// offset is two of 16 bits, one for each half of a lane.
OMNI_INLINE omni_u8x64 OMNI_(load8)(const uint8_t *block, int part) { return OMNI_(load_bytes)(block + 64 * part); }

OMNI_INLINE omni_i32x16 OMNI_(start8)(int32_t offset) { return (omni_i32x16)(offset); }

OMNI_INLINE omni_i32x16 OMNI_(dot8)(omni_i32x16 sum, omni_u8x64 bytes, int32_t x) {
    const __m256i columns = _mm256_set1_epi32(x);
    __m256i lower = _mm256_add_epi16((__m256i)sum.lo, _mm256_maddubs_epi16((__m256i)bytes.lo, columns));
    OMNI_IN_ORDER(lower);
    __m256i upper = _mm256_add_epi16((__m256i)sum.hi, _mm256_maddubs_epi16((__m256i)bytes.hi, columns));
    OMNI_IN_ORDER(upper);
    sum.lo = (omni_i32x8)lower;
    sum.hi = (omni_i32x8)upper;
    return sum;
}

OMNI_INLINE omni_i32x16 OMNI_(finish8)(omni_i32x16 sum) {
    const __m256i ones = _mm256_set1_epi16(1);
    sum.lo = (omni_i32x8)_mm256_madd_epi16((__m256i)sum.lo, ones);
    sum.hi = (omni_i32x8)_mm256_madd_epi16((__m256i)sum.hi, ones);
    return sum;
}
#else
#if OMNI_IS_AVX512 || OMNI_IS_AVXVNNI
// Bytes without a sign times bytes with one.
OMNI_INLINE omni_u8x64 OMNI_(load8)(const uint8_t *block, int part) { return OMNI_(load_bytes)(block + 64 * part); }

OMNI_INLINE omni_i32x16 OMNI_(start8)(int32_t offset) { return (omni_i32x16)(offset); }

OMNI_INLINE omni_i32x16 OMNI_(dot8)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
#if OMNI_IS_AVX512
    return (omni_i32x16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)line, _mm512_set1_epi32(x));
#else
    const __m256i columns = _mm256_set1_epi32(x);
    __m256i lower = _mm256_dpbusd_avx_epi32((__m256i)sum.lo, (__m256i)line.lo, columns);
    OMNI_IN_ORDER(lower);
    __m256i upper = _mm256_dpbusd_avx_epi32((__m256i)sum.hi, (__m256i)line.hi, columns);
    OMNI_IN_ORDER(upper);
    sum.lo = (omni_i32x8)lower;
    sum.hi = (omni_i32x8)upper;
    return sum;
#endif
}
#else
// Bytes with a sign on both sides: the 128 is taken off first.
OMNI_INLINE omni_u8x64 OMNI_(load8)(const uint8_t *block, int part) {
    return OMNI_(load_bytes)(block + 64 * part) ^ (omni_u8x64)(0x80);
}

OMNI_INLINE omni_i32x16 OMNI_(start8)(int32_t offset) {
    (void)offset;
    return (omni_i32x16)(0);
}

OMNI_INLINE omni_i32x16 OMNI_(dot8)(omni_i32x16 sum, omni_u8x64 line, int32_t x) {
#if OMNI_IS_NEON
    const int8x16_t activation = vreinterpretq_s8_s32(vdupq_n_s32(x));
    int32x4_t sums[4];
    int8x16_t weights[4];
    memcpy(sums, &sum, sizeof sum);
    memcpy(weights, &line, sizeof line);
    OMNI_UNROLL for (int i = 0; i < 4; i++) sums[i] = vdotq_s32(sums[i], weights[i], activation);
    memcpy(&sum, sums, sizeof sum);
    return sum;
#else
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
#endif
}
#endif

OMNI_INLINE omni_i32x16 OMNI_(finish8)(omni_i32x16 sum) { return sum; }
#endif

// Nibbles have no sign to lose.
OMNI_INLINE omni_i32x16 OMNI_(start4)(int32_t offset) { return (omni_i32x16)(offset); }

OMNI_INLINE omni_i32x16 OMNI_(dot4)(omni_i32x16 sum, omni_u8x64 nibbles, int32_t x) {
    return OMNI_(dot8)(sum, nibbles, x);
}

OMNI_INLINE omni_i32x16 OMNI_(finish4)(omni_i32x16 sum) { return OMNI_(finish8)(sum); }
