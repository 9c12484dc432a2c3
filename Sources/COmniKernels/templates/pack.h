// Panels of 16 rows. A row beyond the matrix, and a column beyond its row, count as zeros.

typedef struct OMNI_(rows) {
    const float *first;
    ptrdiff_t row_count, width;
} OMNI_(rows);

OMNI_INLINE omni_f32x16 OMNI_(weights)(const OMNI_(rows) *rows, ptrdiff_t row, ptrdiff_t k) {
    if (row >= rows->row_count || k >= rows->width) return splat16(0);
    return load_some(rows->first + row * rows->width + k, rows->width - k);
}

static void OMNI_(pack_float32)(const OMNI_(rows) *rows, float *panel) {
    for (ptrdiff_t k = 0; k < rows->width; k += 16) {
        omni_f32x16 v[16];
        OMNI_UNROLL for (int i = 0; i < 16; i++) v[i] = OMNI_(weights)(rows, i, k);
        transpose16(v);
        for (ptrdiff_t c = 0; c < omni_min(16, rows->width - k); c++) store16(panel + (k + c) * 16, v[c]);
    }
}

static void OMNI_(pack_bfloat16)(const OMNI_(rows) *rows, uint32_t *panel) {
    const ptrdiff_t pair_count = omni_ceiling(rows->width, 2);
    for (ptrdiff_t pair = 0; pair < pair_count; pair += 16) {
        omni_f32x16 v[16];
        OMNI_UNROLL for (int i = 0; i < 16; i++) {
            const omni_u32x16 a = bfloat16_bits(OMNI_(weights)(rows, i, 2 * pair));
            const omni_u32x16 b = bfloat16_bits(OMNI_(weights)(rows, i, 2 * pair + 16));
            const omni_u32x16 even =
                __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            const omni_u32x16 odd =
                __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            v[i] = (omni_f32x16)(even | odd << 16u);
        }
        transpose16(v);
        for (ptrdiff_t c = 0; c < omni_min(16, pair_count - pair); c++) memcpy(panel + (pair + c) * 16, &v[c], 64);
    }
}

// The bfloat16 nearest to `scale` that is not nearer to zero: so no weight is larger than the largest integer.
OMNI_INLINE uint32_t OMNI_(scale_bits)(float scale) {
    uint32_t bits;
    memcpy(&bits, &scale, sizeof bits);
    return (bits + 0xffffu) >> 16;
}

OMNI_INLINE float OMNI_(scale_value)(uint32_t bits) {
    bits <<= 16;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale;
}

// Blocks whose scale would not be a normal float count as zeros.
OMNI_INLINE float OMNI_(inverse)(float scale) { return fabsf(scale) > 1e-37f ? 1.0f / scale : 0; }

OMNI_INLINE omni_i32x16 OMNI_(rounded)(omni_f32x16 v, float inverse, float lowest, float highest) {
    v = v * inverse;
    v = v < lowest ? splat16(lowest) : v;
    v = v > highest ? splat16(highest) : v;
    return __builtin_convertvector(round16(v), omni_i32x16);
}

static bool OMNI_(pack_int8)(const OMNI_(rows) *rows, uint8_t *panel) {
    for (ptrdiff_t k = 0; k < rows->width; k += 64, panel += 64 + 1024) {
        uint32_t scales[16];
        omni_f32x16 v[16];
        OMNI_UNROLL for (int i = 0; i < 16; i++) {
            uint8_t bytes[64];
            scales[i] = 0;
            OMNI_UNROLL for (int half = 0; half < 2; half++) {
                const omni_f32x16 a = OMNI_(weights)(rows, i, k + 32 * half);
                const omni_f32x16 b = OMNI_(weights)(rows, i, k + 32 * half + 16);
                const omni_f32x16 ma = abs16(a), mb = abs16(b);
                const float largest = max16(ma > mb ? ma : mb);
                // Zero times a number is zero, times anything else it is not.
                const omni_f32x16 zero = a * 0.0f + b * 0.0f;
                if (!__builtin_reduce_and(zero == 0.0f)) return false;
                const uint32_t bits = OMNI_(scale_bits)(largest / 127.0f);
                const float inverse = OMNI_(inverse)(OMNI_(scale_value)(bits));
                const omni_i8x16 qa = __builtin_convertvector(OMNI_(rounded)(a, inverse, -127, 127) + 128, omni_i8x16);
                const omni_i8x16 qb = __builtin_convertvector(OMNI_(rounded)(b, inverse, -127, 127) + 128, omni_i8x16);
                memcpy(bytes + 32 * half, &qa, 16);
                memcpy(bytes + 32 * half + 16, &qb, 16);
                scales[i] |= bits << 16 * half;
            }
            memcpy(&v[i], bytes, 64);
        }
        transpose16(v);
        memcpy(panel, scales, 64);
        OMNI_UNROLL for (int c = 0; c < 16; c++) memcpy(panel + 64 + 64 * c, &v[c], 64);
    }
    return true;
}

// 32 columns of 16 rows: a lane is a row, a vector a column. Every instruction set has the same bits, because errors
// decide between scales.
typedef struct OMNI_(blocks) {
    omni_f32x16 columns[32];
} OMNI_(blocks);

OMNI_INLINE omni_f32x16 OMNI_(scales)(omni_u32x16 bits) { return (omni_f32x16)(bits << 16u); }

OMNI_INLINE omni_f32x16 OMNI_(inverses)(omni_f32x16 scales) {
    return abs16(scales) > 1e-37f ? 1.0f / scales : splat16(0);
}

OMNI_INLINE omni_f32x16 OMNI_(nibbles)(omni_f32x16 v, omni_f32x16 inverses) {
    v = v * inverses;
    v = v < -8.0f ? splat16(-8) : v;
    v = v > 7.0f ? splat16(7) : v;
    return round16(v);
}

// The sum of the squares of the errors of each block.
OMNI_INLINE omni_f32x16 OMNI_(errors)(const OMNI_(blocks) *blocks, omni_u32x16 bits) {
#pragma clang fp contract(off)
    const omni_f32x16 scales = OMNI_(scales)(bits), inverses = OMNI_(inverses)(scales);
    omni_f32x16 sum = splat16(0);
    for (int c = 0; c < 32; c++) {
        const omni_f32x16 error = blocks->columns[c] - OMNI_(nibbles)(blocks->columns[c], inverses) * scales;
        sum = sum + error * error;
    }
    return sum;
}

// The scales that suit the integers of others best: where the parabola of the errors is lowest.
OMNI_INLINE omni_u32x16 OMNI_(fitted)(const OMNI_(blocks) *blocks, omni_u32x16 bits) {
#pragma clang fp contract(off)
    const omni_f32x16 inverses = OMNI_(inverses)(OMNI_(scales)(bits));
    omni_f32x16 squares = splat16(0), products = splat16(0);
    for (int c = 0; c < 32; c++) {
        const omni_f32x16 integers = OMNI_(nibbles)(blocks->columns[c], inverses);
        squares = squares + integers * integers;
        products = products + integers * blocks->columns[c];
    }
    return squares > 0.0f ? bfloat16_bits(products / squares) : bits;
}

// The bits of the scales with the least error of those tried: first those with which the extreme of larger magnitude
// becomes −8, so that all sixteen values are of use, then smaller ones, which cut it off, with either sign; and what
// suits the integers of the best of them.
OMNI_INLINE omni_u32x16 OMNI_(int4_scales)(const OMNI_(blocks) *blocks) {
    omni_f32x16 highest = blocks->columns[0], lowest = highest;
    for (int c = 1; c < 32; c++) {
        highest = blocks->columns[c] > highest ? blocks->columns[c] : highest;
        lowest = blocks->columns[c] < lowest ? blocks->columns[c] : lowest;
    }
    const omni_f32x16 extremes[2] = {highest > -lowest ? highest : lowest, highest > -lowest ? lowest : highest};
    // The bfloat16 that is not nearer to zero: so no weight is beyond the largest integer.
    omni_u32x16 best = ((omni_u32x16)(extremes[0] * -0.125f) + 0xffffu) >> 16u;
    omni_f32x16 least = OMNI_(errors)(blocks, best);
    for (int part = 1; part < 14; part++) {
        const float share = 1.0f - 0.05f * (float)(part / 2);
        const omni_u32x16 bits = bfloat16_bits(extremes[part % 2] * -0.125f * share);
        const omni_f32x16 errors = OMNI_(errors)(blocks, bits);
        best = errors < least ? bits : best;
        least = errors < least ? errors : least;
    }
    for (int round = 0; round < 2; round++) {
        const omni_u32x16 bits = OMNI_(fitted)(blocks, best);
        const omni_f32x16 errors = OMNI_(errors)(blocks, bits);
        best = errors < least ? bits : best;
        least = errors < least ? errors : least;
    }
    return best;
}

static bool OMNI_(pack_int4)(const OMNI_(rows) *rows, uint8_t *panel) {
    for (ptrdiff_t k = 0; k < rows->width; k += 64, panel += 64 + 512) {
        omni_u32x16 scales = 0;
        for (int half = 0; half < 2; half++) {
            OMNI_(blocks) blocks;
            omni_f32x16 zero = splat16(0);
            for (int part = 0; part < 2; part++) {
                omni_f32x16 *v = blocks.columns + 16 * part;
                for (int i = 0; i < 16; i++) v[i] = OMNI_(weights)(rows, i, k + 32 * half + 16 * part);
                transpose16(v);
                for (int i = 0; i < 16; i++) zero += v[i] * 0.0f;
            }
            if (!__builtin_reduce_and(zero == 0.0f)) return false;
            const omni_u32x16 bits = OMNI_(int4_scales)(&blocks);
            const omni_f32x16 inverses = OMNI_(inverses)(OMNI_(scales)(bits));
            scales |= bits << 16u * (unsigned)half;
            for (int line = 0; line < 4; line++) {
                omni_u32x16 words = 0;
                for (int c = 0; c < 8; c++) {
                    const omni_f32x16 integers = OMNI_(nibbles)(blocks.columns[8 * line + c], inverses) + 8.0f;
                    const unsigned shift = 8 * (unsigned)(c % 4) + (c < 4 ? 0 : 4);
                    words |= __builtin_convertvector(integers, omni_u32x16) << shift;
                }
                memcpy(panel + 64 + 256 * half + 64 * line, &words, 64);
            }
        }
        memcpy(panel, &scales, 64);
    }
    return true;
}

static bool OMNI_(pack_panel)(
    omni_format format, const float *first, ptrdiff_t row_count, ptrdiff_t width, void *panel
) {
    const OMNI_(rows) rows = {first, row_count, width};
    switch (format) {
    case omni_format_float32:
        OMNI_(pack_float32)(&rows, panel);
        return true;
    case omni_format_bfloat16:
        OMNI_(pack_bfloat16)(&rows, panel);
        return true;
    case omni_format_int8:
        return OMNI_(pack_int8)(&rows, panel);
    case omni_format_int4:
        return OMNI_(pack_int4)(&rows, panel);
    }
    return false;
}
