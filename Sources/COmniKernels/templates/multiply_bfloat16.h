#include "parts.h"
#include "tile_bfloat16.h"
#if !OMNI_PAIRS
#include "tile_float32.h"

// Columns of a part of a panel as floats.
OMNI_INLINE void OMNI_(widen_panel)(const uint16_t *w, ptrdiff_t count, bool ahead, float *wide) {
    for (ptrdiff_t k = 0; k < count; k += 2, w += 32, wide += 32) {
        if (ahead) omni_prefetch_ahead(w);
        omni_u32x16 pair;
        memcpy(&pair, w, sizeof pair);
        store16(wide, (omni_f32x16)(pair << 16u));
        store16(wide + 16, (omni_f32x16)(pair & 0xffff0000u));
    }
}
#endif

// A part's first column is even.
static void OMNI_(multiply_columns)(const omni_product *p, const omni_part *part) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t outputs = matrix->output_width, padded = omni_ceiling(matrix->input_width, 2) * 2;
    const ptrdiff_t panel_stride = padded * 16, end = part->panel + part->panel_count;
    const ptrdiff_t row = part->row, row_count = part->row_count, column = part->column, count = part->count;
#if OMNI_PAIRS
    const uint16_t *x = p->halves + column;
    const ptrdiff_t x_stride = padded;
#else
    const float *x = p->x + column;
    const ptrdiff_t x_stride = p->x_stride;
#endif
    const uint16_t *first = (const uint16_t *)matrix->panels + part->panel * panel_stride + column * 16;
    for (ptrdiff_t j = part->panel, used; j < end; j += used) {
        used = omni_min(OMNI_TILE_PANELS, end - j);
        const uint16_t *w = first + (j - part->panel) * panel_stride;
        const float *bias = matrix->bias && column == 0 ? matrix->bias + j * 16 : NULL;
#if !OMNI_PAIRS
        // More rows than one tile has read them again and again: they are widened once. The sums are the same.
        _Alignas(64) float wide[OMNI_TILE_PANELS][OMNI_PART_WIDTH * 16];
        if (row_count > OMNI_TILE_ROWS) {
            const bool few = row_count <= OMNI_FEW_ROWS;
            const uint16_t *next = j + used < end ? w + used * panel_stride : first + count * 16;
            for (ptrdiff_t k = 0; k < used; k++) OMNI_(widen_panel)(w + k * panel_stride, count, few, wide[k]);
            for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
                rows = omni_tile_rows(row + row_count - i, OMNI_TILE_ROWS);
                if (!few) omni_prefetch_part(next, panel_stride * 2, used, count / 2, i - row, rows, row_count);
                const omni_tile_sums sums = omni_part_sums(p, part, i, j, used);
                OMNI_TILE_SWITCH(
                    rows, used > 1, tile_float32, x + i * x_stride, x_stride, wide[0], OMNI_PART_WIDTH * 16, 16, count,
                    bias, sums, outputs - j * 16, false);
            }
            continue;
        }
#endif
        for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
            rows = omni_tile_rows(row + row_count - i, OMNI_TILE_ROWS);
            const omni_tile_sums sums = omni_part_sums(p, part, i, j, used);
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_bfloat16, x + i * x_stride, x_stride, w, panel_stride, count, bias, sums,
                outputs - j * 16, row_count <= OMNI_FEW_ROWS && i == row);
        }
    }
}

static void OMNI_(multiply_bfloat16)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    OMNI_(multiply_parts)(OMNI_(multiply_columns), OMNI_PART_WIDTH, p, row, row_count, panel, panel_count);
}

#if !OMNI_PAIRS
// Rounds to bfloat16, ties to even; what is not a number stays that.
static void OMNI_(halve_rows)(
    const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, uint16_t *halves
) {
    typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
    const ptrdiff_t padded = omni_ceiling(width, 2) * 2;
    for (ptrdiff_t row = 0; row < row_count; row++, x += x_stride, halves += padded) {
        for (ptrdiff_t k = 0; k < width; k += 16) {
            const omni_f32x16 value = load_some(x + k, width - k);
            const u16x16 half = __builtin_convertvector(bfloat16_bits(value), u16x16);
            memcpy(halves + k, &half, (size_t)omni_min(padded - k, 16) * sizeof(uint16_t));
        }
    }
}
#endif
