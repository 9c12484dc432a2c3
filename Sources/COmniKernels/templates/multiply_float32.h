#include "parts.h"
#include "tile_float32.h"

static void OMNI_(multiply_columns)(const omni_product *p, const omni_part *part) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t outputs = matrix->output_width, panel_stride = matrix->input_width * 16;
    const ptrdiff_t row = part->row, row_count = part->row_count, column = part->column, count = part->count;
    const ptrdiff_t end = part->panel + part->panel_count;
    const float *first = (const float *)matrix->panels + part->panel * panel_stride + column * 16;
    const bool is_ahead = row_count > OMNI_FEW_ROWS && part->panel_count * panel_stride * 4 > OMNI_NEAR_PANELS;
    for (ptrdiff_t j = part->panel, used; j < end; j += used) {
        used = omni_min(OMNI_TILE_PANELS, end - j);
        const float *w = first + (j - part->panel) * panel_stride;
        const float *bias = matrix->bias && column == 0 ? matrix->bias + j * 16 : NULL;
        const float *next = j + used < end ? w + used * panel_stride : first + count * 16;
        for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
            rows = omni_tile_rows(row + row_count - i, OMNI_TILE_ROWS);
            if (is_ahead)
                omni_prefetch_part(next, panel_stride * 4, used, count, i - row, rows, row_count);
            const omni_tile_sums sums = omni_part_sums(p, part, i, j, used);
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_float32, p->x + i * p->x_stride + column, p->x_stride, w, panel_stride, 16, count,
                bias, sums, outputs - j * 16, row_count <= OMNI_FEW_ROWS && i == row);
        }
    }
}

// The sums of `rows` rows with the columns `w` of a single output. A tile would use one lane of sixteen, so each row is
// added up along its columns.
OMNI_INLINE void OMNI_(sum_rows)(const omni_product *p, ptrdiff_t row, const float *w, const int rows) {
    const ptrdiff_t inputs = p->matrix->input_width;
    const float *x = p->x + row * p->x_stride;
    omni_f32x16 sum[4];
    OMNI_UNROLL for (int i = 0; i < rows; i++) sum[i] = splat16(0);
    ptrdiff_t k = 0;
    for (; k + 16 <= inputs; k += 16) {
        const omni_f32x16 line = load16(w + k);
        OMNI_UNROLL for (int i = 0; i < rows; i++) sum[i] = load16(x + i * p->x_stride + k) * line + sum[i];
    }
    if (k < inputs) {
        const omni_f32x16 line = load_some(w + k, inputs - k);
        OMNI_UNROLL for (int i = 0; i < rows; i++)
            sum[i] = load_some(x + i * p->x_stride + k, inputs - k) * line + sum[i];
    }
    const float bias = p->matrix->bias ? *p->matrix->bias : 0;
    OMNI_UNROLL for (int i = 0; i < rows; i++) {
        float *y = p->y + row + i;
        *y = (p->accumulating ? *y : 0) + (sum16(sum[i]) + bias);
    }
}

static void OMNI_(multiply_single_output)(const omni_product *p, ptrdiff_t row, ptrdiff_t row_count) {
    const ptrdiff_t inputs = p->matrix->input_width;
    const float *panel = p->matrix->panels;
    float *w = omni_scratch(omni_scratch_piece, omni_size_product((size_t)inputs, sizeof *w));
    for (ptrdiff_t k = 0; k < inputs; k++) w[k] = panel[16 * k];
    ptrdiff_t i = row;
    for (; i + 4 <= row + row_count; i += 4) OMNI_(sum_rows)(p, i, w, 4);
    for (; i < row + row_count; i++) OMNI_(sum_rows)(p, i, w, 1);
}

static void OMNI_(multiply_float32)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    if (p->matrix->output_width == 1) {
        OMNI_(multiply_single_output)(p, row, row_count);
        return;
    }
    OMNI_(multiply_parts)(OMNI_(multiply_columns), OMNI_PART_WIDTH, p, row, row_count, panel, panel_count);
}
