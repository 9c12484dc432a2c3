// Attention in words: see attention_call.h. Empty for instruction sets without their products.
#if OMNI_IS_AVX2 || OMNI_IS_AVXVNNI || OMNI_IS_AVX512
// The first `count` of sixteen integers that fit a word.
OMNI_INLINE void OMNI_(store_narrow)(int16_t *words, omni_i32x16 v, ptrdiff_t count) {
#if OMNI_IS_AVX512
    const __m256i narrow = _mm512_cvtepi32_epi16((__m512i)v);
#else
    const __m256i pairs = _mm256_packs_epi32((__m256i)v.lo, (__m256i)v.hi);
    const __m256i narrow = _mm256_permute4x64_epi64(pairs, 0xd8);
#endif
    if (count >= 16) {
        memcpy(words, &narrow, sizeof narrow);
    } else {
        memcpy(words, &narrow, (size_t)count * sizeof *words);
    }
}

// Zero times a finite number is zero, times anything else it is not: what is not finite makes a scale that is not a
// number, and all that it scales.
OMNI_INLINE float OMNI_(word_scale)(omni_f32x16 largest, omni_f32x16 zeros, float limit) {
    return __builtin_reduce_and(zeros == 0.0f) ? max16(largest) / limit : NAN;
}

// What is scaled by nothing, by less than a normal number or by what is none counts as zeros.
OMNI_INLINE float OMNI_(word_inverse)(float scale) { return scale > 1e-37f ? 1.0f / scale : 0; }

// To the nearest integers, ties to even; what is not a number to the smallest integer.
OMNI_INLINE omni_i32x16 OMNI_(nearest)(omni_f32x16 v) {
#if OMNI_IS_AVX512
    return (omni_i32x16)_mm512_cvtps_epi32((__m512)v);
#else
    omni_i32x16 nearest;
    nearest.lo = (omni_i32x8)_mm256_cvtps_epi32((__m256)v.lo);
    nearest.hi = (omni_i32x8)_mm256_cvtps_epi32((__m256)v.hi);
    return nearest;
#endif
}

OMNI_INLINE omni_i32x16 OMNI_(words)(omni_f32x16 v, omni_f32x16 inverse) {
    v *= inverse;
    // Where the inverse counts as zero, v may still be no number.
    return OMNI_(nearest)(v == v ? v : splat16(0));
}

// The largest integer whose square fits a sum of `width` of them.
OMNI_INLINE float OMNI_(word_limit)(ptrdiff_t width) {
    return (float)omni_min(32767, (ptrdiff_t)sqrtf(2147483000.0f / (float)width));
}

// Rounds a vector of `width` to words with one scale, zeros after it up to `padded`, and returns the scale.
OMNI_INLINE float OMNI_(store_words)(
    const void *x, ptrdiff_t start, bool is_bfloat16, ptrdiff_t width, ptrdiff_t padded, float limit, int16_t *words
) {
    omni_f32x16 largest = splat16(0), zeros = splat16(0);
    for (ptrdiff_t d = 0; d < width; d += 16) {
        const omni_f32x16 v = load_either(x, start + d, width - d, is_bfloat16), magnitude = abs16(v);
        largest = magnitude > largest ? magnitude : largest;
        zeros += v * 0.0f;
    }
    const float scale = OMNI_(word_scale)(largest, zeros, limit), inverse = OMNI_(word_inverse)(scale);
    for (ptrdiff_t d = 0; d < padded; d += 16) {
        const omni_i32x16 v = d < width
            ? OMNI_(words)(load_either(x, start + d, width - d, is_bfloat16), splat16(inverse)) : (omni_i32x16)(0);
        OMNI_(store_narrow)(words + d, v, padded - d);
    }
    return scale;
}

#if !OMNI_IS_AVXVNNI
static void OMNI_(pack_key_words)(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end) {
    const omni_attention *s = &call->shape;
    const void *keys = omni_group(s, call->keys, group);
    const ptrdiff_t padded = omni_ceiling(s->head_width, 2) * 2;
    const float limit = OMNI_(word_limit)(s->head_width);
    for (; key < end; key += 16) {
        uint32_t *panel = (uint32_t *)(call->key_pairs + group * call->packed_keys_stride + key * padded);
        for (ptrdiff_t i = 0; i < 16; i++) {
            int16_t words[OMNI_WORD_WIDTH];
            float scale = 0;
            if (key + i >= s->key_count)
                memset(words, 0, (size_t)padded * sizeof *words);
            else
                scale = OMNI_(store_words)(
                    keys, (key + i) * s->key_time_stride, s->has_bfloat16_keys, s->head_width, padded, limit, words);
            call->key_scales[group * call->key_scales_stride + key + i] = scale;
            for (ptrdiff_t d = 0; d < padded; d += 2) memcpy(panel + d / 2 * 16 + i, words + d, sizeof *panel);
        }
    }
}

static void OMNI_(pack_value_words)(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end) {
    const omni_attention *s = &call->shape;
    const void *values = omni_group(s, call->values, group);
    const bool are_bfloat16 = s->has_bfloat16_keys;
    uint16_t *packed = call->value_pairs + group * call->packed_values_stride;
    const ptrdiff_t panel_stride = omni_value_panel(s->key_count);
    const ptrdiff_t padded_width = omni_ceiling(s->head_width, 16) * 16;
    for (ptrdiff_t last; key < end; key = last) {
        last = omni_min(end, key + OMNI_WORD_KEYS);
        float *scales =
            call->value_scales + group * call->value_scales_stride + key / OMNI_WORD_KEYS * padded_width;
        for (ptrdiff_t d = 0; d < s->head_width; d += 16) {
            const ptrdiff_t left = s->head_width - d;
            omni_f32x16 largest = splat16(0), zeros = splat16(0);
            for (ptrdiff_t k = key; k < last; k++) {
                const omni_f32x16 v = load_either(values, k * s->key_time_stride + d, left, are_bfloat16);
                const omni_f32x16 magnitude = abs16(v);
                largest = magnitude > largest ? magnitude : largest;
                zeros += v * 0.0f;
            }
            omni_f32x16 scale = largest * (1.0f / OMNI_WORD_VALUE), inverse = OMNI_WORD_VALUE / largest;
            inverse = scale > 1e-37f ? inverse : splat16(0);
            scale = zeros == 0.0f ? scale : splat16(NAN);
            store16(scales + d, scale);
            for (ptrdiff_t k = key; k < last; k += 2) {
                const omni_f32x16 b = k + 1 < last
                    ? load_either(values, (k + 1) * s->key_time_stride + d, left, are_bfloat16) : splat16(0);
                const omni_f32x16 a = load_either(values, k * s->key_time_stride + d, left, are_bfloat16);
                const omni_u32x16 lower = (omni_u32x16)OMNI_(words)(a, inverse);
                const omni_u32x16 pairs = (lower & 0xffffu) | (omni_u32x16)OMNI_(words)(b, inverse) << 16u;
                memcpy(packed + d / 16 * panel_stride + k * 16, &pairs, sizeof pairs);
            }
        }
    }
}

static void OMNI_(pack_words)(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end) {
    OMNI_(pack_key_words)(call, group, key, end);
    OMNI_(pack_value_words)(call, group, key, end);
}
#endif

// Products of pairs of words, added up in each lane.
OMNI_INLINE omni_i32x16 OMNI_(dot_words)(omni_i32x16 sum, omni_u32x16 line, int32_t x) {
#if OMNI_IS_AVX512
    __m512i total = (__m512i)sum;
    const __m512i pair = _mm512_set1_epi32(x);
    __asm__("vpdpwssd %2, %1, %0" : "+v"(total) : "v"(pair), "v"(line));
    return (omni_i32x16)total;
#else
    const __m256i pair = _mm256_set1_epi32(x);
#if OMNI_IS_AVXVNNI
    // Written out: the compiler would take the intrinsic apart again, into a product and a sum.
    __m256i lower = (__m256i)sum.lo, upper = (__m256i)sum.hi;
    __asm__("%{vex%} vpdpwssd %2, %1, %0" : "+x"(lower) : "x"(pair), "x"(line.lo));
    __asm__("%{vex%} vpdpwssd %2, %1, %0" : "+x"(upper) : "x"(pair), "x"(line.hi));
    sum.lo = (omni_i32x8)lower;
    sum.hi = (omni_i32x8)upper;
#else
    sum.lo += (omni_i32x8)_mm256_madd_epi16((__m256i)line.lo, pair);
    sum.hi += (omni_i32x8)_mm256_madd_epi16((__m256i)line.hi, pair);
#endif
    return sum;
#endif
}

// y = x · w for one tile and `count` columns, a panel of 16. After every `block` columns the exact sums are scaled by
// the block's 16 scales and added up as floats; in the end each row is scaled by its own scale.
OMNI_INLINE void OMNI_(tile_words)(
    const int16_t *x, ptrdiff_t x_stride, const float *x_scales, const uint16_t *w, const float *w_scales,
    ptrdiff_t w_scales_stride, ptrdiff_t count, ptrdiff_t block, float *y, ptrdiff_t y_stride, const int rows,
    const int panels
) {
    (void)panels;
    omni_f32x16 sum[OMNI_TILE_ROWS];
    OMNI_UNROLL for (int i = 0; i < rows; i++) sum[i] = splat16(0);
    for (ptrdiff_t k = 0; k < count; k += block, w_scales += w_scales_stride) {
        omni_i32x16 dot[OMNI_TILE_ROWS];
        OMNI_UNROLL for (int i = 0; i < rows; i++) dot[i] = (omni_i32x16)(0);
        const ptrdiff_t end = omni_min(count, k + block);
        for (ptrdiff_t c = k; c < end; c += 2, w += 32) {
            omni_u32x16 line;
            memcpy(&line, w, sizeof line);
            OMNI_UNROLL for (int i = 0; i < rows; i++) {
                int32_t pair;
                memcpy(&pair, x + i * x_stride + c, sizeof pair);
                dot[i] = OMNI_(dot_words)(dot[i], line, pair);
            }
        }
        const omni_f32x16 scale = load16(w_scales);
        OMNI_UNROLL for (int i = 0; i < rows; i++)
            sum[i] = __builtin_convertvector(dot[i], omni_f32x16) * scale + sum[i];
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) store16(y + i * y_stride, sum[i] * x_scales[i]);
}

// e to the power x, for x up to 0, in units of 1 / OMNI_WORD_EXPONENTIAL: within 3e-6 of it, rounded to an integer. Not
// a number gives the smallest integer.
OMNI_INLINE omni_i32x16 OMNI_(exponential_word)(omni_f32x16 x) {
    omni_f32x16 f;
    const omni_f32x16 power = split_exp16(x, &f);
    // Minimax in relative error of 2 to the power f on ±1/2.
    const float unit = OMNI_WORD_EXPONENTIAL;
    omni_f32x16 p = splat16(0.00957010197f * unit);
    p = p * f + 0.0559178608f * unit;
    p = p * f + 0.240247448f * unit;
    p = p * f + 0.693121815f * unit;
    p = p * f + 0.999999261f * unit;
    return OMNI_(nearest)(p * power);
}

// Puts e to the power x − largest, as words, into the front half of `x`, and returns the inverse of their sum: 0 for
// none.
static float OMNI_(exponential_words)(float *x, ptrdiff_t count) {
    if (count <= 0) return 0;
    omni_f32x16 largest = splat16(-INFINITY);
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const omni_f32x16 v = load16(x + i);
        largest = v > largest ? v : largest;
    }
    float most = max16(largest);
    for (ptrdiff_t k = i; k < count; k++) most = x[k] > most ? x[k] : most;
    int16_t *words = (int16_t *)x;
    // Without a sign, so that what is not a number may wrap.
    omni_u32x16 sum = (omni_u32x16)(0), signs = sum;
    for (i = 0; i + 16 <= count; i += 16) {
        const omni_i32x16 v = OMNI_(exponential_word)(load16(x + i) - most);
        OMNI_(store_narrow)(words + i, v, 16);
        sum += (omni_u32x16)v;
        signs |= (omni_u32x16)v;
    }
    if (i < count) {
        const omni_i32x16 v = OMNI_(exponential_word)(load_some(x + i, count - i) - most);
        OMNI_(store_narrow)(words + i, v, count - i);
        for (ptrdiff_t k = 0; k < count - i; k++) {
            sum[0] += (uint32_t)v[k];
            signs[0] |= (uint32_t)v[k];
        }
    }
    // An exponential has no sign, what is not a number has one.
    const bool are_numbers = __builtin_reduce_or(signs) >> 31u == 0;
    return are_numbers ? 1.0f / sum16(__builtin_convertvector((omni_i32x16)sum, omni_f32x16)) : NAN;
}

static void OMNI_(attend_words)(const attention_call *call, ptrdiff_t group, ptrdiff_t row, ptrdiff_t row_count) {
    const omni_attention *s = &call->shape;
    const ptrdiff_t heads = s->head_count / s->group_count, width = s->head_width;
    const ptrdiff_t pair_width = omni_ceiling(width, 2) * 2, padded_width = omni_ceiling(width, 16) * 16;
    const ptrdiff_t end = omni_visible(s, (row + row_count - 1) / heads);
    const ptrdiff_t panel_count = omni_ceiling(end, 16), score_stride = panel_count * 16;
    const size_t row_room = omni_size_sum(
        omni_size_product((size_t)(score_stride + padded_width), sizeof(float)),
        omni_size_product((size_t)pair_width, sizeof(int16_t)));
    float *scores = omni_scratch(omni_scratch_piece, omni_size_product((size_t)row_count, row_room));
    float *results = scores + row_count * score_stride;
    int16_t *q = (int16_t *)(results + row_count * padded_width);

    float scales[OMNI_ATTENTION_ROWS];
    const float limit = OMNI_(word_limit)(width);
    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t query = (row + i) / heads, head = group * heads + (row + i) % heads;
        const float *source = call->queries + query * s->query_time_stride + head * s->query_head_stride;
        scales[i] = s->scale * OMNI_(store_words)(source, 0, false, width, pair_width, limit, q + i * pair_width);
    }
    const ptrdiff_t key_panel = 16 * pair_width, value_panel = omni_value_panel(s->key_count);
    const uint16_t *keys = call->key_pairs + group * call->packed_keys_stride;
    const float *key_scales = call->key_scales + group * call->key_scales_stride;
    for (ptrdiff_t j = 0; j < panel_count; j++) {
        for (ptrdiff_t i = 0, rows; i < row_count; i += rows) {
            rows = omni_tile_rows(row_count - i, OMNI_TILE_ROWS);
            OMNI_TILE_SWITCH(
                rows, false, OMNI_(tile_words), q + i * pair_width, pair_width, scales + i, keys + j * key_panel,
                key_scales + j * 16, 0, pair_width, pair_width, scores + i * score_stride + j * 16, score_stride);
        }
    }
    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t visible = omni_visible(s, (row + i) / heads);
        float *line = scores + i * score_stride;
        scales[i] = OMNI_(exponential_words)(line, visible);
        // Later rows of the block see more: what this one does not see counts as zero.
        int16_t *words = (int16_t *)line;
        memset(words + visible, 0, (size_t)(score_stride - visible) * sizeof *words);
    }
    const uint16_t *values = call->value_pairs + group * call->packed_values_stride;
    const float *value_scales = call->value_scales + group * call->value_scales_stride;
    for (ptrdiff_t j = 0; j < padded_width / 16; j++) {
        for (ptrdiff_t i = 0, rows; i < row_count; i += rows) {
            rows = omni_tile_rows(row_count - i, OMNI_TILE_ROWS);
            OMNI_TILE_SWITCH(
                rows, false, OMNI_(tile_words), (const int16_t *)(scores + i * score_stride), 2 * score_stride,
                scales + i, values + j * value_panel, value_scales + j * 16, padded_width, end,
                (ptrdiff_t)OMNI_WORD_KEYS, results + i * padded_width + j * 16, padded_width);
        }
    }
    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t query = (row + i) / heads, head = group * heads + (row + i) % heads;
        memcpy(
            call->y + (query * s->head_count + head) * width, results + i * padded_width,
            (size_t)width * sizeof(float));
    }
}
#endif
