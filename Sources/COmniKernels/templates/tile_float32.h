// x · w for one tile of floats, the inner loop of float32 products and of attention. `bias`, unless NULL, and what the
// sums go on from are added at the end; `width` columns of them exist. `ahead`: lines come from memory, ask for them
// early.
//
// Column k of x row i is x[i · x_stride + k]; its line of panel j starts at w + j · panel_stride + k · line_stride.

// Adds the products of some columns of `x`.
OMNI_INLINE void tile_columns(
    omni_f32x16 sum[][OMNI_TILE_PANELS], const omni_rows *x, const float *w, ptrdiff_t panel_stride,
    ptrdiff_t line_stride, const int columns, const int rows, const int panels
) {
    OMNI_UNROLL for (int k = 0; k < columns; k++) {
        omni_f32x16 line[OMNI_TILE_PANELS];
        OMNI_UNROLL for (int j = 0; j < panels; j++) line[j] = load16(w + j * panel_stride + k * line_stride);
        OMNI_UNROLL for (int i = 0; i < rows; i++) {
            float value;
            memcpy(&value, omni_row(x, i) + k * sizeof value, sizeof value);
            OMNI_UNROLL for (int j = 0; j < panels; j++) sum[i][j] = line[j] * value + sum[i][j];
        }
    }
}

OMNI_INLINE void tile_float32(
    const float *x, ptrdiff_t x_stride, const float *w, ptrdiff_t panel_stride, ptrdiff_t line_stride, ptrdiff_t count,
    const float *bias, omni_tile_sums sums, ptrdiff_t width, bool ahead, const int rows, const int panels
) {
    enum { columns = 4 };
    omni_f32x16 sum[OMNI_TILE_ROWS][OMNI_TILE_PANELS];
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) sum[i][j] = splat16(0);
    omni_rows from = omni_rows_from(x, x_stride * (ptrdiff_t)sizeof *x, rows);
    ptrdiff_t k = 0;
    for (; k <= count - columns; k += columns, w += columns * line_stride) {
        if (ahead)
            OMNI_UNROLL for (int c = 0; c < columns; c++) OMNI_UNROLL for (int j = 0; j < panels; j++)
                omni_prefetch_ahead(w + j * panel_stride + c * line_stride);
        tile_columns(sum, &from, w, panel_stride, line_stride, columns, rows, panels);
        omni_move_rows(&from, columns * sizeof *x);
    }
    for (; k < count; k++, w += line_stride) {
        tile_columns(sum, &from, w, panel_stride, line_stride, 1, rows, panels);
        omni_move_rows(&from, sizeof *x);
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
        if (bias) sum[i][j] += load16(bias + 16 * j);
        if (sums.from) sum[i][j] += load_some(sums.from + i * sums.from_stride + 16 * j, width - 16 * j);
        store_some(sums.to + i * sums.to_stride + 16 * j, sum[i][j], width - 16 * j);
    }
}
