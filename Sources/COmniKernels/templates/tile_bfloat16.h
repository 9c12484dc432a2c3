// x · w for one tile of bfloat16 weights: columns in pairs, a line of 32 halves holds a pair of columns of 16 rows.
// Activations are floats, and a weight becomes one by 16 zero bits; or, when OMNI_PAIRS, they are bfloat16 as well, and
// two columns take one instruction.
#if OMNI_PAIRS
OMNI_INLINE omni_f32x16 OMNI_(dot_pairs)(omni_f32x16 sum, omni_u32x16 line, int32_t columns) {
#if defined(__x86_64__)
    return (omni_f32x16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)line, (__m512bh)_mm512_set1_epi32(columns));
#else
    const bfloat16x8_t pairs = vreinterpretq_bf16_s32(vdupq_n_s32(columns));
    float32x4_t sums[4];
    bfloat16x8_t weights[4];
    memcpy(sums, &sum, sizeof sum);
    memcpy(weights, &line, sizeof line);
    OMNI_UNROLL for (int i = 0; i < 4; i++) sums[i] = vbfdotq_f32(sums[i], weights[i], pairs);
    memcpy(&sum, sums, sizeof sum);
    return sum;
#endif
}
#endif

OMNI_INLINE void tile_bfloat16(
    const OMNI_ACTIVATION *x, ptrdiff_t x_stride, const uint16_t *w, ptrdiff_t panel_stride, ptrdiff_t count,
    const float *bias, omni_tile_sums sums, ptrdiff_t width, bool ahead, const int rows, const int panels
) {
    omni_f32x16 sum[OMNI_TILE_ROWS][OMNI_TILE_PANELS];
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) sum[i][j] = splat16(0);
    for (ptrdiff_t k = 0; k < count; k += 2, w += 32) {
        if (ahead)
            OMNI_UNROLL for (int j = 0; j < panels; j++) omni_prefetch_ahead(w + j * panel_stride);
        omni_u32x16 line[OMNI_TILE_PANELS];
        OMNI_UNROLL for (int j = 0; j < panels; j++) memcpy(&line[j], w + j * panel_stride, sizeof line[j]);
#if OMNI_PAIRS
        OMNI_UNROLL for (int i = 0; i < rows; i++) {
            int32_t columns;
            memcpy(&columns, x + i * x_stride + k, sizeof columns);
            OMNI_UNROLL for (int j = 0; j < panels; j++) sum[i][j] = OMNI_(dot_pairs)(sum[i][j], line[j], columns);
        }
#else
        OMNI_UNROLL for (int i = 0; i < rows; i++) {
            const float value = x[i * x_stride + k];
            OMNI_UNROLL for (int j = 0; j < panels; j++)
                sum[i][j] = (omni_f32x16)(line[j] << 16u) * value + sum[i][j];
        }
        // The last column may be alone: panels then hold zeros beside it, and x may end.
        if (k + 1 == count) break;
        OMNI_UNROLL for (int i = 0; i < rows; i++) {
            const float value = x[i * x_stride + k + 1];
            OMNI_UNROLL for (int j = 0; j < panels; j++)
                sum[i][j] = (omni_f32x16)(line[j] & 0xffff0000u) * value + sum[i][j];
        }
#endif
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
        if (bias) sum[i][j] += load16(bias + 16 * j);
        if (sums.from) sum[i][j] += load_some(sums.from + i * sums.from_stride + 16 * j, width - 16 * j);
        store_some(sums.to + i * sums.to_stride + 16 * j, sum[i][j], width - 16 * j);
    }
}
