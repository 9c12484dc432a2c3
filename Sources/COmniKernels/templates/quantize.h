// Values nearer to zero than this in a whole block count as zeros: their inverse would not be finite.
#define OMNI_SMALLEST 1e-30f

// To an integer; what is not a number to zero.
OMNI_INLINE omni_i32x16 OMNI_(integers)(omni_f32x16 v) {
    v = v == v ? v : splat16(0);
    return __builtin_convertvector(round16(v), omni_i32x16);
}

// One block of 32, of which `count` columns exist.
OMNI_INLINE void OMNI_(quantize_block)(
    const float *x, ptrdiff_t count, int32_t zero, int8_t *quants, float *scale, int32_t *offset
) {
    const omni_f32x16 a = count > 0 ? load_some(x, count) : splat16(0);
    const omni_f32x16 b = count > 16 ? load_some(x + 16, count - 16) : splat16(0);
    const omni_f32x16 ma = abs16(a), mb = abs16(b);
    const float largest = max16(ma > mb ? ma : mb);
    const float inverse = largest > OMNI_SMALLEST ? 127.0f / largest : 0;
    const omni_i32x16 qa = OMNI_(integers)(a * inverse), qb = OMNI_(integers)(b * inverse);
    const omni_i8x16 bytes_a = __builtin_convertvector(qa, omni_i8x16);
    const omni_i8x16 bytes_b = __builtin_convertvector(qb, omni_i8x16);
    memcpy(quants, &bytes_a, sizeof bytes_a);
    memcpy(quants + 16, &bytes_b, sizeof bytes_b);
    // A row with something that is not a number must not come out as one that has none.
    const bool is_number = __builtin_reduce_and(a == a & b == b) != 0;
    *scale = is_number ? largest / 127.0f : NAN;
    *offset = zero * __builtin_reduce_add(qa + qb);
}

#if OMNI_IS_AVX512
// Four blocks, with what is across lanes done for all of them at once. Makes nothing and returns false unless all is
// finite.
OMNI_INLINE bool OMNI_(quantize_four_blocks)(
    const float *x, int32_t zero, int8_t *quants, float *scales, int32_t *offsets
) {
    __m512 v[8];
    __m512i m[4];
    OMNI_UNROLL for (int i = 0; i < 8; i++) v[i] = _mm512_loadu_ps(x + 16 * i);
    // In the order of integers what is not a number is beyond the infinite.
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    OMNI_UNROLL for (int i = 0; i < 4; i++) {
        const __m512i a = _mm512_and_si512((__m512i)v[2 * i], magnitude);
        const __m512i b = _mm512_and_si512((__m512i)v[2 * i + 1], magnitude);
        m[i] = _mm512_max_epu32(a, b);
    }
    // The largest of each block, in the order of blocks in every quarter.
    const __m512i a = _mm512_max_epu32(_mm512_unpacklo_epi32(m[0], m[1]), _mm512_unpackhi_epi32(m[0], m[1]));
    const __m512i b = _mm512_max_epu32(_mm512_unpacklo_epi32(m[2], m[3]), _mm512_unpackhi_epi32(m[2], m[3]));
    const __m512i c = _mm512_max_epu32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    const __m512i d = _mm512_max_epu32(c, _mm512_shuffle_i32x4(c, c, 0x4e));
    const __m512i e = _mm512_max_epu32(d, _mm512_shuffle_i32x4(d, d, 0xb1));
    const __m128 largest = _mm_castsi128_ps(_mm512_castsi512_si128(e));
    if (_mm_cmp_ps_mask(largest, _mm_set1_ps(INFINITY), _CMP_NLT_UQ)) return false;
    const __mmask8 is_used = _mm_cmp_ps_mask(largest, _mm_set1_ps(OMNI_SMALLEST), _CMP_GT_OQ);
    const __m128 inverse = _mm_maskz_div_ps(is_used, _mm_set1_ps(127), largest);
    _mm_storeu_ps(scales, _mm_div_ps(largest, _mm_set1_ps(127)));

    // Packing takes a quarter of each of four vectors at a time: the integers of a vector end up in every fourth word.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i sums[2];
    OMNI_UNROLL for (int half = 0; half < 2; half++) {
        __m512i q[4];
        OMNI_UNROLL for (int i = 0; i < 4; i++) {
            const __m512 factor = _mm512_set1_ps(inverse[2 * half + i / 2]);
            q[i] = _mm512_cvtps_epi32(_mm512_mul_ps(v[4 * half + i], factor));
        }
        const __m512i words = _mm512_packs_epi16(_mm512_packs_epi32(q[0], q[1]), _mm512_packs_epi32(q[2], q[3]));
        const __m512i bytes = _mm512_permutexvar_epi32(order, words);
        _mm512_storeu_si512(quants + 64 * half, bytes);
        sums[half] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_set1_epi8(1), bytes);
    }
    // A block's sums are in two quarters of a vector: the first block's in the lower two, the second's in the others.
    const __m512i pairs =
        _mm512_add_epi32(_mm512_unpacklo_epi32(sums[0], sums[1]), _mm512_unpackhi_epi32(sums[0], sums[1]));
    const __m512i quarters = _mm512_add_epi32(pairs, _mm512_shuffle_epi32(pairs, 0x4e));
    const __m512i halves = _mm512_add_epi32(quarters, _mm512_shuffle_i32x4(quarters, quarters, 0xb1));
    const __m128i both = _mm_unpacklo_epi32(_mm512_castsi512_si128(halves), _mm512_extracti32x4_epi32(halves, 2));
    _mm_storeu_si128((__m128i *)offsets, _mm_mullo_epi32(both, _mm_set1_epi32(zero)));
    return true;
}
#endif

static void OMNI_(quantize_rows)(
    const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, int32_t zero, int8_t *quants,
    float *scales, int32_t *offsets
) {
    const ptrdiff_t padded = omni_ceiling(width, 64) * 64;
    for (ptrdiff_t row = 0; row < row_count; row++, x += x_stride) {
        for (ptrdiff_t k = 0, columns; k < padded; k += columns) {
            columns = 32;
#if OMNI_IS_AVX512
            if (width - k >= 128 && OMNI_(quantize_four_blocks)(x + k, zero, quants, scales, offsets)) columns = 128;
#endif
            if (columns == 32) OMNI_(quantize_block)(x + k, width - k, zero, quants, scales, offsets);
            quants += columns;
            scales += columns / 32;
            offsets += columns / 32;
        }
    }
}

#if OMNI_IS_AVX2
// The same for kernels whose sums have 16 bits, see `omni_sums_are_words`: four blocks at a time, 128 columns.
//
// With weights of 8 bits the largest magnitude of a block becomes 127, or less, so that two columns side by side are
// together at most 128 and their products with weights of 1 ... 255 at most 32 640. Of half a block, columns 0, 1, 4,
// 5, 8, 9, 12, 13 are a sum, the others as well: together at most 258, so that without the weights' 128 it is at most
// 258 · 127 = 32 766. Rounding adds at most half of one for each column, which leaves 127 and 254. Eight columns of
// the same magnitude become 31. Weights of 4 bits fit in any case.
OMNI_INLINE __m256 OMNI_(magnitude)(const float *x) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), _mm256_loadu_ps(x));
}

// The largest lane of each of four vectors.
OMNI_INLINE __m128 OMNI_(largest_of_each)(const __m256 v[4]) {
    const __m256 a = _mm256_max_ps(_mm256_unpacklo_ps(v[0], v[1]), _mm256_unpackhi_ps(v[0], v[1]));
    const __m256 b = _mm256_max_ps(_mm256_unpacklo_ps(v[2], v[3]), _mm256_unpackhi_ps(v[2], v[3]));
    const __m256 c = _mm256_max_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
    return _mm_max_ps(_mm256_castps256_ps128(c), _mm256_extractf128_ps(c, 1));
}

// Of a block's magnitudes, what must not exceed 127.
OMNI_INLINE __m256 OMNI_(limited)(const __m256 v[4]) {
    const __m256 a = _mm256_hadd_ps(v[0], v[1]), b = _mm256_hadd_ps(v[2], v[3]);
    const __m256 halves = _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
    const __m256 sums = _mm256_add_ps(halves, _mm256_permute_ps(halves, 0x4e));
    return _mm256_max_ps(_mm256_max_ps(a, b), _mm256_mul_ps(sums, _mm256_set1_ps(0.5f)));
}

// A block's integers as bytes.
OMNI_INLINE __m256i OMNI_(bytes)(const float *x, float inverse) {
    __m256i v[4];
    OMNI_UNROLL for (int i = 0; i < 4; i++)
        v[i] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), _mm256_set1_ps(inverse)));
    const __m256i mixed = _mm256_packs_epi16(_mm256_packs_epi32(v[0], v[1]), _mm256_packs_epi32(v[2], v[3]));
    return _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

OMNI_INLINE void OMNI_(quantize_blocks_for_words)(
    omni_format format, const float *x, ptrdiff_t block_count, int8_t *quants, float *scales, int32_t *offsets
) {
    __m256 largest[4], limited[4], not_numbers = _mm256_setzero_ps();
    OMNI_UNROLL for (int block = 0; block < 4; block++) {
        __m256 v[4];
        OMNI_UNROLL for (int i = 0; i < 4; i++) v[i] = OMNI_(magnitude)(x + 32 * block + 8 * i);
        largest[block] = _mm256_max_ps(_mm256_max_ps(v[0], v[1]), _mm256_max_ps(v[2], v[3]));
        if (format == omni_format_int8) limited[block] = OMNI_(limited)(v);
        const __m256 a = _mm256_cmp_ps(v[0], v[1], _CMP_UNORD_Q), b = _mm256_cmp_ps(v[2], v[3], _CMP_UNORD_Q);
        not_numbers = _mm256_or_ps(not_numbers, _mm256_or_ps(a, b));
    }
    const __m128 magnitude = OMNI_(largest_of_each)(largest);
    __m128 integer = _mm_set1_ps(127);
    if (format == omni_format_int8) {
        // What a division rounds off must not cost a whole step.
        const __m128 share = _mm_div_ps(magnitude, OMNI_(largest_of_each)(limited));
        integer = _mm_floor_ps(_mm_add_ps(_mm_mul_ps(integer, share), _mm_set1_ps(0.001f)));
        integer = _mm_max_ps(integer, _mm_set1_ps(31));
    }
    const __m128 is_used = _mm_cmpgt_ps(magnitude, _mm_set1_ps(OMNI_SMALLEST));
    float inverse[4], scale[4];
    _mm_storeu_ps(inverse, _mm_and_ps(_mm_div_ps(integer, magnitude), is_used));
    _mm_storeu_ps(scale, _mm_div_ps(magnitude, integer));
    if (_mm256_movemask_ps(not_numbers) != 0) {
        for (int block = 0; block < 4; block++)
            for (int i = 0; i < 32; i++)
                if (isnan(x[32 * block + i])) scale[block] = NAN;
    }
    memcpy(scales, scale, (size_t)block_count * sizeof *scales);
    for (ptrdiff_t block = 0; block < block_count; block++) {
        const __m256i bytes = OMNI_(bytes)(x + 32 * block, inverse[block]);
        _mm256_storeu_si256((__m256i *)(quants + 32 * block), bytes);
        // Sums of two columns side by side, of each two times two, of eight; then times the zero.
        __m256i sums = _mm256_maddubs_epi16(_mm256_set1_epi8(1), bytes);
        sums = _mm256_add_epi16(sums, _mm256_shuffle_epi32(sums, 0x4e));
        sums = _mm256_add_epi16(sums, _mm256_shuffle_epi32(sums, 0xb1));
        const __m128i first = _mm256_castsi256_si128(sums), second = _mm256_extracti128_si256(sums, 1);
        if (format == omni_format_int8) {
            const __m128i both = _mm_slli_epi16(_mm_unpacklo_epi32(first, second), 7);
            _mm_storel_epi64((__m128i *)(offsets + 2 * block), _mm_sub_epi16(_mm_setzero_si128(), both));
        } else {
            const __m128i both = _mm_slli_epi16(_mm_add_epi16(first, second), 3);
            offsets[block] = _mm_cvtsi128_si32(_mm_sub_epi16(_mm_setzero_si128(), both));
        }
    }
}

static void OMNI_(quantize_rows_for_words)(
    omni_format format, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, int8_t *quants,
    float *scales, int32_t *offsets
) {
    const ptrdiff_t padded = omni_ceiling(width, 64) * 64;
    for (ptrdiff_t row = 0; row < row_count; row++, x += x_stride) {
        for (ptrdiff_t k = 0; k < padded; k += 128) {
            const float *columns = x + k;
            float room[128] = {0};
            if (width - k < 128) {
                memcpy(room, columns, (size_t)(width - k) * sizeof *room);
                columns = room;
            }
            const ptrdiff_t block_count = omni_min(4, (padded - k) / 32);
            if (format == omni_format_int8) {
                OMNI_(quantize_blocks_for_words)(omni_format_int8, columns, block_count, quants, scales, offsets);
                offsets += 2 * block_count;
            } else {
                OMNI_(quantize_blocks_for_words)(omni_format_int4, columns, block_count, quants, scales, offsets);
                offsets += block_count;
            }
            quants += 32 * block_count;
            scales += block_count;
        }
    }
}
#endif
