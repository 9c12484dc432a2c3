// Products with integer weights; included with OMNI_BITS 8 and 4.
//
// For each block of 32 columns the sums are exact integers; scaled by the weight's and the activations' scales they are
// added up in floats, block by block.
#include "dot.h"

#if OMNI_BITS == 8
#define OMNI_INTEGER(name) OMNI_(name##_int8)
#define OMNI_LINES 8
#define OMNI_START(offset) OMNI_(start_int8)(offset)
#else
#define OMNI_INTEGER(name) OMNI_(name##_int4)
#define OMNI_LINES 4
#define OMNI_START(offset) ((omni_i32x16)(offset))
#endif

// Of a step: its scales and two blocks.
#define OMNI_STEP_LINES (1 + 2 * OMNI_LINES)
#define OMNI_STEPS_AHEAD 8

OMNI_INLINE void OMNI_INTEGER(tile)(
    const int8_t *x, ptrdiff_t x_stride, const float *scales, const int32_t *offsets, ptrdiff_t scale_stride,
    const uint8_t *w, ptrdiff_t panel_stride, ptrdiff_t step_count, const float *bias, bool adding, float *y,
    ptrdiff_t y_stride, ptrdiff_t width, const int rows, const int panels
) {
    omni_f32x16 sum[OMNI_SINGLE_LIMIT][OMNI_TILE_PANELS];
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
        sum[i][j] = bias ? load16(bias + 16 * j) : splat16(0);
        if (adding) sum[i][j] += load_some(y + i * y_stride + 16 * j, width - 16 * j);
    }
    for (ptrdiff_t step = 0; step < step_count; step++) {
        // The machine's own prefetching falls behind when several rows keep the sums busy. Panels lie one after the
        // other, so this runs on into the next one; past the last it asks in vain.
        if (panels == 1) OMNI_UNROLL for (int line = 0; line < OMNI_STEP_LINES; line++)
            __builtin_prefetch(w + OMNI_STEPS_AHEAD * OMNI_STEP_LINES * 64 + 64 * line);
        const uint8_t *block = w + 64;
        OMNI_UNROLL for (int half = 0; half < 2; half++, block += OMNI_LINES * 64, x += 32) {
            omni_i32x16 dot[OMNI_SINGLE_LIMIT][OMNI_TILE_PANELS];
            OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++)
                dot[i][j] = OMNI_START(offsets[i * scale_stride + half]);
            OMNI_UNROLL for (int u = 0; u < OMNI_LINES; u++) {
#if OMNI_BITS == 8
                omni_u8x64 line[OMNI_TILE_PANELS];
                OMNI_UNROLL for (int j = 0; j < panels; j++)
                    line[j] = OMNI_(load_int8)(block + j * panel_stride + 64 * u);
                OMNI_UNROLL for (int i = 0; i < rows; i++) {
                    int32_t columns;
                    memcpy(&columns, x + i * x_stride + 4 * u, sizeof columns);
                    OMNI_UNROLL for (int j = 0; j < panels; j++)
                        dot[i][j] = OMNI_(dot_int8)(dot[i][j], line[j], columns);
                }
#else
                omni_u8x64 low[OMNI_TILE_PANELS], high[OMNI_TILE_PANELS];
                OMNI_UNROLL for (int j = 0; j < panels; j++) {
                    omni_u32x16 line;
                    memcpy(&line, block + j * panel_stride + 64 * u, sizeof line);
                    low[j] = (omni_u8x64)(line & 0x0f0f0f0fu);
                    high[j] = (omni_u8x64)(line >> 4u & 0x0f0f0f0fu);
                }
                OMNI_UNROLL for (int i = 0; i < rows; i++) {
                    int32_t columns[2];
                    memcpy(columns, x + i * x_stride + 8 * u, sizeof columns);
                    OMNI_UNROLL for (int j = 0; j < panels; j++) {
                        dot[i][j] = OMNI_(dot_int4)(dot[i][j], low[j], columns[0]);
                        dot[i][j] = OMNI_(dot_int4)(dot[i][j], high[j], columns[1]);
                    }
                }
#endif
            }
            omni_f32x16 scale[OMNI_TILE_PANELS];
            OMNI_UNROLL for (int j = 0; j < panels; j++) {
                omni_u32x16 line;
                memcpy(&line, w + j * panel_stride, sizeof line);
                scale[j] = (omni_f32x16)(half ? line & 0xffff0000u : line << 16u);
            }
            OMNI_UNROLL for (int i = 0; i < rows; i++) {
                const float activation_scale = scales[i * scale_stride + half];
                OMNI_UNROLL for (int j = 0; j < panels; j++)
                    sum[i][j] = __builtin_convertvector(dot[i][j], omni_f32x16) * (scale[j] * activation_scale)
                        + sum[i][j];
            }
        }
        w += OMNI_STEP_LINES * 64;
        scales += 2;
        offsets += 2;
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++)
        store_some(y + i * y_stride + 16 * j, sum[i][j], width - 16 * j);
}

static void OMNI_INTEGER(multiply)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t steps = omni_ceiling(matrix->input_width, 64), outputs = matrix->output_width;
    const ptrdiff_t panel_stride = steps * OMNI_STEP_LINES * 64;
    // With few rows memory is the limit: it delivers one stream faster than two, and delivers it once.
    const bool few = row_count <= OMNI_SINGLE_LIMIT;
    const ptrdiff_t most_panels = few ? 1 : OMNI_TILE_PANELS;
    for (ptrdiff_t j = panel, used; j < panel + panel_count; j += used) {
        used = omni_min(most_panels, panel + panel_count - j);
        const uint8_t *w = (const uint8_t *)matrix->panels + j * panel_stride;
        const float *bias = matrix->bias ? matrix->bias + j * 16 : NULL;
        for (ptrdiff_t i = row, rows; i < row + row_count; i += rows) {
            rows = omni_tile_rows(row + row_count - i, few ? OMNI_SINGLE_LIMIT : OMNI_TILE_LIMIT);
            OMNI_TILE_SWITCH(
                rows, used > 1, OMNI_INTEGER(tile), p->quants + i * steps * 64, steps * 64, p->scales + i * steps * 2,
                p->offsets + i * steps * 2, steps * 2, w, panel_stride, steps, bias, p->accumulating,
                p->y + i * outputs + j * 16, outputs, outputs - j * 16);
        }
    }
}

#undef OMNI_INTEGER
#undef OMNI_LINES
#undef OMNI_START
#undef OMNI_STEP_LINES
#undef OMNI_STEPS_AHEAD
