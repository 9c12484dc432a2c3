// Products with integer weights by matrix instructions: see mmla.h. Included with OMNI_BITS 8 and 4.
//
// A part of a panel is put in the order of operands once for all rows: nibbles become bytes, and the 128 or 8 is taken
// off. Sums of blocks are those of multiply_integer.h, and are scaled and added in the same order: a row's result is
// the same to the last bit.
#include "mmla.h"

#define OMNI_INTEGER3(bits) multiply_int##bits
#define OMNI_INTEGER2(bits) OMNI_INTEGER3(bits)
#define OMNI_INTEGER OMNI_INTEGER2(OMNI_BITS)

// Of a step: its scales and two blocks.
#define OMNI_STEP_LINES (1 + 2 * OMNI_BITS)
#define OMNI_PART_BLOCKS (OMNI_PART_WIDTH / 32)
// Bytes of a block's operands of 8 outputs.
#define OMNI_HALF_BLOCK (32 * 8)

// Part of a panel: for outputs 0 ... 7, then 8 ... 15, the operands, and each scale twice.
typedef struct OMNI_(part) {
    uint8_t operands[2][OMNI_PART_BLOCKS * OMNI_HALF_BLOCK];
    float scales[2][OMNI_PART_BLOCKS * 16];
} OMNI_(part);

static void OMNI_(arrange_part)(const uint8_t *w, ptrdiff_t step_count, OMNI_(part) *part) {
    const ptrdiff_t half_stride = sizeof part->operands[0];
    uint8_t *operands = part->operands[0];
    for (ptrdiff_t step = 0; step < step_count; step++, w += OMNI_STEP_LINES * 64) {
        // The next part is asked for meanwhile. Panels lie one after the other, so this runs on into the next one; past
        // the last it asks in vain.
        for (int line = 0; line < OMNI_STEP_LINES; line++)
            __builtin_prefetch(w + (OMNI_PART_BLOCKS / 2 * OMNI_STEP_LINES + line) * 64);
        omni_u32x16 scales;
        memcpy(&scales, w, sizeof scales);
        OMNI_UNROLL for (int half = 0; half < 2; half++) {
            const omni_u32x16 scale = half ? scales & 0xffff0000u : scales << 16u;
            const omni_u32x16 lower =
                __builtin_shufflevector(scale, scale, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
            const omni_u32x16 upper =
                __builtin_shufflevector(scale, scale, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);
            memcpy(part->scales[0] + (2 * step + half) * 16, &lower, sizeof lower);
            memcpy(part->scales[1] + (2 * step + half) * 16, &upper, sizeof upper);
        }
        const uint8_t *lines = w + 64;
        for (int group = 0; group < 8; group++, operands += 64) {
#if OMNI_BITS == 8
            omni_u32x16 first, second;
            memcpy(&first, lines + group * 128, sizeof first);
            memcpy(&second, lines + group * 128 + 64, sizeof second);
            OMNI_(store_operands)(first ^ 0x80808080u, second ^ 0x80808080u, operands, half_stride);
#else
            omni_u32x16 line;
            memcpy(&line, lines + group * 64, sizeof line);
            const omni_u8x64 lower = (omni_u8x64)(line & 0x0f0f0f0fu) - (omni_u8x64)(8);
            const omni_u8x64 upper = (omni_u8x64)(line >> 4u & 0x0f0f0f0fu) - (omni_u8x64)(8);
            OMNI_(store_operands)((omni_u32x16)lower, (omni_u32x16)upper, operands, half_stride);
#endif
        }
    }
}

// [p₀, p₁, p₀, p₁] of words that lie `stride` apart.
OMNI_INLINE uint64x2_t OMNI_(load_pairs)(const void *p, ptrdiff_t stride) {
    uint32_t first, second;
    memcpy(&first, p, sizeof first);
    memcpy(&second, (const char *)p + stride * 4, sizeof second);
    return vdupq_n_u64(first | (uint64_t)second << 32);
}

// y = x · w for a tile of 8 outputs. A row that an operand lacks is the one before it, and is not stored.
OMNI_INLINE void OMNI_(tile_integer)(
    const int8_t *x, ptrdiff_t x_stride, const float *scales, ptrdiff_t scale_stride, const uint8_t *w,
    const float *w_scales, ptrdiff_t block_count, const float *bias, bool adding, float *y, ptrdiff_t y_stride,
    ptrdiff_t width, const int rows, const int panels
) {
    (void)panels;
    OMNI_(sums) sum[OMNI_INTEGER_ROWS / 2][4];
    OMNI_UNROLL for (int i = 0; i < rows; i += 2) {
        omni_f32x8 start[2];
        OMNI_UNROLL for (int r = 0; r < 2; r++) {
            start[r] = bias ? OMNI_(load_half)(bias, 8) : (omni_f32x8)(0);
            if (adding && i + r < rows) start[r] += OMNI_(load_half)(y + (i + r) * y_stride, width);
        }
        OMNI_(make_sums)(start[0], start[1], sum[i / 2]);
    }
    for (ptrdiff_t block = 0; block < block_count; block++, x += 32) {
        int32x4_t dot[OMNI_INTEGER_ROWS / 2][4];
        OMNI_UNROLL for (int i = 0; i < rows; i += 2) OMNI_UNROLL for (int q = 0; q < 4; q++)
            dot[i / 2][q] = vdupq_n_s32(0);
        OMNI_UNROLL for (int c = 0; c < 32; c += 16) {
            uint64x2_t columns[OMNI_INTEGER_ROWS / 2][2];
            OMNI_UNROLL for (int i = 0; i < rows; i += 2) {
                const int8_t *row = x + i * x_stride + c;
                OMNI_(load_operands)(row, row + (i + 1 < rows ? x_stride : 0), columns[i / 2]);
            }
            OMNI_UNROLL for (int g = 0; g < 2; g++) OMNI_UNROLL for (int q = 0; q < 4; q++, w += 16) {
                const int8x16_t weights = vreinterpretq_s8_u8(vld1q_u8(w));
                OMNI_UNROLL for (int i = 0; i < rows; i += 2)
                    dot[i / 2][q] = vmmlaq_s32(dot[i / 2][q], weights, vreinterpretq_s8_u64(columns[i / 2][g]));
            }
        }
        OMNI_UNROLL for (int i = 0; i < rows; i += 2) {
            const OMNI_(sums) activation_scales =
                (OMNI_(sums))OMNI_(load_pairs)(scales + block + i * scale_stride, i + 1 < rows ? scale_stride : 0);
            OMNI_UNROLL for (int q = 0; q < 4; q++) {
                OMNI_(sums) weight_scales;
                memcpy(&weight_scales, w_scales + block * 16 + 4 * q, sizeof weight_scales);
                sum[i / 2][q] =
                    (OMNI_(sums))vcvtq_f32_s32(dot[i / 2][q]) * (weight_scales * activation_scales) + sum[i / 2][q];
            }
        }
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++)
        OMNI_(store_half)(y + i * y_stride, OMNI_(row_of_sums)(sum[i / 2], i % 2), width);
}

static void OMNI_(OMNI_INTEGER)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    // A row alone would leave half of each operand empty, and is multiplied as it is by the dot product.
    if (row_count == 1) {
        OMNI_JOIN(OMNI_INTEGER, neon)(p, row, row_count, panel, panel_count);
        return;
    }
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t steps = omni_ceiling(matrix->input_width, 64), outputs = matrix->output_width;
    const ptrdiff_t x_stride = steps * 64, scale_stride = steps * 2;
    const uint8_t *w = (const uint8_t *)matrix->panels + panel * steps * OMNI_STEP_LINES * 64;
    _Alignas(64) OMNI_(part) part;
    for (ptrdiff_t j = panel; j < panel + panel_count; j++) {
        const ptrdiff_t width = omni_min(16, outputs - j * 16);
        // Without columns there is one part, of none: the bias.
        for (ptrdiff_t step = 0, used; step == 0 || step < steps; step += OMNI_PART_BLOCKS / 2) {
            used = omni_min(OMNI_PART_BLOCKS / 2, steps - step);
            OMNI_(arrange_part)(w, used, &part);
            for (ptrdiff_t half = 0; half * 8 < width; half++) {
                const ptrdiff_t output = j * 16 + half * 8;
                const float *bias = matrix->bias && step == 0 ? matrix->bias + output : NULL;
                for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
                    // An even number, so that only the last operand can lack a row.
                    rows = omni_ceiling(omni_tile_rows(row + row_count - i, OMNI_INTEGER_ROWS), 2) * 2;
                    rows = omni_min(rows, row + row_count - i);
                    OMNI_TILE_SWITCH(
                        rows, false, OMNI_(tile_integer), p->quants + i * x_stride + step * 64, x_stride,
                        p->scales + i * scale_stride + step * 2, scale_stride, part.operands[half], part.scales[half],
                        used * 2, bias, p->accumulating || step > 0, p->y + i * outputs + output, outputs,
                        width - half * 8);
                }
            }
            w += used * OMNI_STEP_LINES * 64;
        }
    }
}

#undef OMNI_INTEGER3
#undef OMNI_INTEGER2
#undef OMNI_INTEGER
#undef OMNI_STEP_LINES
#undef OMNI_PART_BLOCKS
#undef OMNI_HALF_BLOCK
