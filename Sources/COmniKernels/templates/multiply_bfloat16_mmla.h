// Products with bfloat16 weights by matrix instructions: see mmla.h. Activations are bfloat16 as well. A part of a
// panel is put in the order of operands once for all rows.
#include "mmla.h"
#include "parts.h"

// Operands of columns `0 ..< count` of a panel, up to a multiple of 8; what does not exist counts as zero.
static void OMNI_(arrange_part)(const uint16_t *w, ptrdiff_t count, uint8_t *operands) {
    for (ptrdiff_t k = 0; k < omni_ceiling(count, 8) * 8; k += 4, operands += 128) {
        omni_u32x16 first = (omni_u32x16)(0), second = first;
        if (k < count) memcpy(&first, w + k * 16, sizeof first);
        if (k + 2 < count) memcpy(&second, w + k * 16 + 32, sizeof second);
        OMNI_(store_operands)(first, second, operands, 64);
    }
}

// Adds the products of 8 columns.
OMNI_INLINE void OMNI_(add_columns)(
    const uint16_t *x, ptrdiff_t x_stride, const uint8_t *w, OMNI_(sums) sum[OMNI_TILE_ROWS / 2][8], const int rows
) {
    uint64x2_t columns[OMNI_TILE_ROWS / 2][2];
    OMNI_UNROLL for (int i = 0; i < rows; i += 2) {
        const uint16_t *row = x + i * x_stride;
        OMNI_(load_operands)(row, row + (i + 1 < rows ? x_stride : 0), columns[i / 2]);
    }
    OMNI_UNROLL for (int g = 0; g < 2; g++) OMNI_UNROLL for (int q = 0; q < 8; q++, w += 16) {
        const bfloat16x8_t weights = vreinterpretq_bf16_u8(vld1q_u8(w));
        OMNI_UNROLL for (int i = 0; i < rows; i += 2)
            sum[i / 2][q] = (OMNI_(sums))vbfmmlaq_f32(
                (float32x4_t)sum[i / 2][q], weights, vreinterpretq_bf16_u64(columns[i / 2][g]));
    }
}

// x · w for one tile of a panel; `count` is even. A row that an operand lacks is the one before it, and is not
// stored.
OMNI_INLINE void OMNI_(tile_mmla)(
    const uint16_t *x, ptrdiff_t x_stride, const uint8_t *w, ptrdiff_t count, const float *bias,
    omni_tile_sums sums, ptrdiff_t width, const int rows, const int panels
) {
    (void)panels;
    OMNI_(sums) sum[OMNI_TILE_ROWS / 2][8];
    OMNI_UNROLL for (int i = 0; i < rows; i += 2) OMNI_UNROLL for (int q = 0; q < 8; q++)
        sum[i / 2][q] = (OMNI_(sums))(0);
    ptrdiff_t k = 0;
    for (; k + 8 <= count; k += 8, w += 256) OMNI_(add_columns)(x + k, x_stride, w, sum, rows);
    if (k < count) {
        uint16_t last[OMNI_TILE_ROWS * 8] = {0};
        OMNI_UNROLL for (int i = 0; i < rows; i++)
            memcpy(last + i * 8, x + i * x_stride + k, (size_t)(count - k) * sizeof *x);
        OMNI_(add_columns)(last, 8, w, sum, rows);
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) {
        omni_f32x16 total;
        total.lo = OMNI_(row_of_sums)(sum[i / 2], i % 2);
        total.hi = OMNI_(row_of_sums)(sum[i / 2] + 4, i % 2);
        if (bias) total += load16(bias);
        if (sums.from) total += load_some(sums.from + i * sums.from_stride, width);
        store_some(sums.to + i * sums.to_stride, total, width);
    }
}

// A part's first column is even.
static void OMNI_(multiply_columns)(const omni_product *p, const omni_part *part) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t outputs = matrix->output_width, padded = omni_ceiling(matrix->input_width, 2) * 2;
    const ptrdiff_t row = part->row, row_count = part->row_count, column = part->column;
    const ptrdiff_t even = omni_ceiling(part->count, 2) * 2, end = part->panel + part->panel_count;
    const uint16_t *first = (const uint16_t *)matrix->panels + part->panel * padded * 16 + column * 16;
    _Alignas(64) uint8_t operands[OMNI_PART_WIDTH * 32];
    for (ptrdiff_t j = part->panel; j < end; j++) {
        const uint16_t *w = first + (j - part->panel) * padded * 16;
        const float *bias = matrix->bias && column == 0 ? matrix->bias + j * 16 : NULL;
        const uint16_t *next = j + 1 < end ? w + padded * 16 : first + even * 16;
        OMNI_(arrange_part)(w, even, operands);
        for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
            // An even number, so that only the last operand can lack a row.
            rows = omni_ceiling(omni_tile_rows(row + row_count - i, OMNI_TILE_ROWS), 2) * 2;
            rows = omni_min(rows, row + row_count - i);
            omni_prefetch_part(next, 0, 1, even / 2, i - row, rows, row_count);
            OMNI_TILE_SWITCH(
                rows, false, OMNI_(tile_mmla), p->halves + i * padded + column, padded, operands, even, bias,
                omni_part_sums(p, part, i, j, 1), outputs - j * 16);
        }
    }
}

static void OMNI_(multiply_bfloat16)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    OMNI_(multiply_parts)(OMNI_(multiply_columns), OMNI_PART_WIDTH, p, row, row_count, panel, panel_count);
}
