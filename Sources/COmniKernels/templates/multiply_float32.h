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

static void OMNI_(multiply_float32)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    OMNI_(multiply_parts)(OMNI_(multiply_columns), OMNI_PART_WIDTH, p, row, row_count, panel, panel_count);
}
