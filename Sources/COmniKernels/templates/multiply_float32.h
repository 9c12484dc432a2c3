#include "tile_float32.h"

static void OMNI_(multiply_float32)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t inputs = matrix->input_width, outputs = matrix->output_width, panel_stride = inputs * 16;
    // A panel's part stays near while all rows pass it; with rows for a single tile it is read once anyway.
    const ptrdiff_t part = row_count <= OMNI_TILE_ROWS ? inputs : 512;
    for (ptrdiff_t k = 0; k < inputs || k == 0; k += part) {
        const ptrdiff_t count = omni_min(part, inputs - k);
        const bool adding = p->accumulating || k > 0;
        for (ptrdiff_t j = panel, used; j < panel + panel_count; j += used) {
            used = omni_min(OMNI_TILE_PANELS, panel + panel_count - j);
            const float *w = (const float *)matrix->panels + j * panel_stride + k * 16;
            const float *bias = matrix->bias && k == 0 ? matrix->bias + j * 16 : NULL;
            for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
                rows = omni_tile_rows(row + row_count - i, OMNI_TILE_ROWS);
                OMNI_TILE_SWITCH(
                    rows, used > 1, tile_float32, p->x + i * p->x_stride + k, p->x_stride, w, panel_stride, 16, count,
                    bias, adding, p->y + i * outputs + j * 16, outputs, outputs - j * 16);
            }
        }
    }
}
