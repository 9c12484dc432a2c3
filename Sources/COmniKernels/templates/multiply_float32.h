#include "parts.h"
#include "tile_float32.h"

// Columns `column ..< column + count` of some rows with some panels.
static void OMNI_(multiply_columns)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count, ptrdiff_t column,
    ptrdiff_t count
) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t outputs = matrix->output_width, panel_stride = matrix->input_width * 16;
    const float *first = (const float *)matrix->panels + panel * panel_stride + column * 16;
    const bool is_ahead = row_count > OMNI_FEW_ROWS && panel_count * panel_stride * 4 > OMNI_NEAR_PANELS;
    for (ptrdiff_t j = panel, used; j < panel + panel_count; j += used) {
        used = omni_min(OMNI_TILE_PANELS, panel + panel_count - j);
        const float *w = first + (j - panel) * panel_stride;
        const float *bias = matrix->bias && column == 0 ? matrix->bias + j * 16 : NULL;
        const float *next = j + used < panel + panel_count ? w + used * panel_stride : first + count * 16;
        for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
            rows = omni_tile_rows(row + row_count - i, OMNI_TILE_ROWS);
            if (is_ahead)
                omni_prefetch_part(next, panel_stride * 4, used, count, i - row, rows, row_count);
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_float32, p->x + i * p->x_stride + column, p->x_stride, w, panel_stride, 16, count,
                bias, p->accumulating || column > 0, p->y + i * outputs + j * 16, outputs, outputs - j * 16,
                row_count <= OMNI_FEW_ROWS && i == row);
        }
    }
}

static void OMNI_(multiply_float32)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    OMNI_(multiply_parts)(OMNI_(multiply_columns), OMNI_PART_WIDTH, p, row, row_count, panel, panel_count);
}
