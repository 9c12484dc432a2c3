// x · w for one tile of floats, the inner loop of float32 products and of attention. `bias`, unless NULL, and what the
// sums go on from are added at the end; `width` columns of them exist. `ahead`: lines come from memory, ask for them
// early.
//
// Column k of x row i is x[i · x_stride + k]; its line of panel j starts at w + j · panel_stride + k · line_stride.
OMNI_INLINE void tile_float32(
    const float *x, ptrdiff_t x_stride, const float *w, ptrdiff_t panel_stride, ptrdiff_t line_stride, ptrdiff_t count,
    const float *bias, omni_tile_sums sums, ptrdiff_t width, bool ahead, const int rows, const int panels
) {
    omni_f32x16 sum[OMNI_TILE_ROWS][OMNI_TILE_PANELS];
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) sum[i][j] = splat16(0);
    for (ptrdiff_t k = 0; k < count; k++, w += line_stride) {
        if (ahead)
            OMNI_UNROLL for (int j = 0; j < panels; j++) omni_prefetch_ahead(w + j * panel_stride);
        omni_f32x16 line[OMNI_TILE_PANELS];
        OMNI_UNROLL for (int j = 0; j < panels; j++) line[j] = load16(w + j * panel_stride);
        OMNI_UNROLL for (int i = 0; i < rows; i++) {
            const float value = x[i * x_stride + k];
            OMNI_UNROLL for (int j = 0; j < panels; j++) sum[i][j] = line[j] * value + sum[i][j];
        }
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
        if (bias) sum[i][j] += load16(bias + 16 * j);
        if (sums.from) sum[i][j] += load_some(sums.from + i * sums.from_stride + 16 * j, width - 16 * j);
        store_some(sums.to + i * sums.to_stride + 16 * j, sum[i][j], width - 16 * j);
    }
}
