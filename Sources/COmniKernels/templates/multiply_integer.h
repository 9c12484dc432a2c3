// Products with integer weights; included with OMNI_BITS 8 and 4.
//
// For each block of 32 columns the sums are exact integers; scaled by the weight's and the activations' scales they are
// added up in floats, block by block.
#include "dot.h"

#define OMNI_BY_BITS3(name, bits) name##bits
#define OMNI_BY_BITS2(name, bits) OMNI_BY_BITS3(name, bits)
#define OMNI_BY_BITS(name) OMNI_(OMNI_BY_BITS2(name, OMNI_BITS))
#define OMNI_INTEGER(name) OMNI_BY_BITS(name##_int)

// Of a block: its groups, their lines, and the parts in which `load` takes a line, 32 bits of activations for each.
#if OMNI_IS_AVX2 && OMNI_BITS == 8
#define OMNI_GROUPS 2
#else
#define OMNI_GROUPS 1
#endif
#define OMNI_GROUP_LINES (OMNI_BITS / OMNI_GROUPS)
#define OMNI_LINE_PARTS (8 / OMNI_BITS)
#define OMNI_GROUP_PARTS (OMNI_GROUP_LINES * OMNI_LINE_PARTS)

// Of a step: its scales and two blocks.
#define OMNI_STEP_LINES (1 + 2 * OMNI_BITS)
// Steps that a single tile of rows asks for its weights ahead.
#define OMNI_STEPS_AHEAD 8

// What a tile asks for in each of its steps: `halves` halves of the step of weights that begins `distance` bytes
// further on.
typedef struct OMNI_INTEGER(ahead) {
    ptrdiff_t distance;
    int halves;
} OMNI_INTEGER(ahead);
enum { OMNI_INTEGER(half_step_lines) = OMNI_STEP_LINES / 2 };

OMNI_INLINE void OMNI_INTEGER(tile)(
    const int8_t *x, ptrdiff_t x_stride, const float *scales, const int32_t *offsets, ptrdiff_t scale_stride,
    const uint8_t *w, ptrdiff_t panel_stride, ptrdiff_t step_count, OMNI_INTEGER(ahead) ahead, const float *bias,
    bool adding, float *y, ptrdiff_t y_stride, ptrdiff_t width, const int rows, const int panels
) {
    omni_f32x16 sum[OMNI_SINGLE_LIMIT][OMNI_TILE_PANELS];
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
        sum[i][j] = bias ? load16(bias + 16 * j) : splat16(0);
        if (adding) sum[i][j] += load_some(y + i * y_stride + 16 * j, width - 16 * j);
    }
    omni_rows from = omni_rows_from(x, x_stride, rows);
    omni_rows row_scales = omni_rows_from(scales, scale_stride * (ptrdiff_t)sizeof(float), rows);
    omni_rows row_offsets = omni_rows_from(offsets, OMNI_GROUPS * scale_stride * (ptrdiff_t)sizeof(int32_t), rows);
    for (ptrdiff_t step = 0; step < step_count; step++) {
        for (int half = 0; half < ahead.halves; half++)
            OMNI_UNROLL for (int line = 0; line <= OMNI_INTEGER(half_step_lines); line++)
                __builtin_prefetch(w + ahead.distance + (half * OMNI_INTEGER(half_step_lines) + line) * 64);
        const uint8_t *block = w + 64;
        OMNI_UNROLL for (int half = 0; half < 2; half++) {
            omni_i32x16 total[OMNI_SINGLE_LIMIT][OMNI_TILE_PANELS];
            OMNI_UNROLL for (int group = 0; group < OMNI_GROUPS; group++) {
                omni_i32x16 dot[OMNI_SINGLE_LIMIT][OMNI_TILE_PANELS];
                OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
                    int32_t offset;
                    const char *at = omni_row(&row_offsets, i) + (OMNI_GROUPS * half + group) * sizeof offset;
                    memcpy(&offset, at, sizeof offset);
                    dot[i][j] = OMNI_BY_BITS(start)(offset);
                }
                OMNI_UNROLL for (int part = 0; part < OMNI_GROUP_PARTS; part++) {
                    omni_u8x64 weights[OMNI_TILE_PANELS];
                    OMNI_UNROLL for (int j = 0; j < panels; j++)
                        weights[j] = OMNI_BY_BITS(load)(block + j * panel_stride, part);
                    OMNI_UNROLL for (int i = 0; i < rows; i++) {
                        int32_t columns;
                        memcpy(&columns, omni_row(&from, i) + part * sizeof columns, sizeof columns);
                        OMNI_UNROLL for (int j = 0; j < panels; j++)
                            dot[i][j] = OMNI_BY_BITS(dot)(dot[i][j], weights[j], columns);
                    }
                }
                block += OMNI_GROUP_LINES * 64;
                omni_move_rows(&from, OMNI_GROUP_PARTS * sizeof(int32_t));
                OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++) {
                    const omni_i32x16 sum_of_group = OMNI_BY_BITS(finish)(dot[i][j]);
                    total[i][j] = group ? total[i][j] + sum_of_group : sum_of_group;
                }
            }
            omni_f32x16 scale[OMNI_TILE_PANELS];
            OMNI_UNROLL for (int j = 0; j < panels; j++) {
                omni_u32x16 line;
                memcpy(&line, w + j * panel_stride, sizeof line);
                scale[j] = (omni_f32x16)(half ? line & 0xffff0000u : line << 16u);
            }
            OMNI_UNROLL for (int i = 0; i < rows; i++) {
                float activation_scale;
                memcpy(&activation_scale, omni_row(&row_scales, i) + half * sizeof(float), sizeof(float));
                OMNI_UNROLL for (int j = 0; j < panels; j++)
                    sum[i][j] +=
                        __builtin_convertvector(total[i][j], omni_f32x16) * (scale[j] * activation_scale);
            }
        }
        w += OMNI_STEP_LINES * 64;
        omni_move_rows(&row_scales, 2 * sizeof(float));
        omni_move_rows(&row_offsets, 2 * OMNI_GROUPS * sizeof(int32_t));
    }
    OMNI_UNROLL for (int i = 0; i < rows; i++) OMNI_UNROLL for (int j = 0; j < panels; j++)
        store_some(y + i * y_stride + 16 * j, sum[i][j], width - 16 * j);
}

// Rows up to which weights are asked for step by step: the machine's own prefetching falls behind when several rows
// keep the sums busy. With more the next panels are asked for tile by tile, unless they would drive these out of the
// nearest cache.
#define OMNI_MOST_ROWS_AHEAD 48
#define OMNI_MOST_BYTES_AHEAD (64 << 10)

// Panels lie one after the other, so a single tile of rows asks for what comes some steps later and runs on into the
// next panel. The first of several tiles would wait for memory alone, and memory for the others, so the first two share
// the next panel's lines. Past the last panel they ask in vain.
static inline OMNI_INTEGER(ahead) OMNI_INTEGER(ahead_of_tile)(ptrdiff_t tile, ptrdiff_t tiles, ptrdiff_t panel_stride) {
    OMNI_INTEGER(ahead) ahead = {.distance = OMNI_STEPS_AHEAD * OMNI_STEP_LINES * 64, .halves = 2};
    if (tiles > 1) {
        ahead.distance = panel_stride + tile * OMNI_INTEGER(half_step_lines) * 64;
        ahead.halves = tile < 2 ? 1 : 0;
    }
    return ahead;
}

static void OMNI_INTEGER(multiply)(
    const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    const omni_matrix *matrix = p->matrix;
    const ptrdiff_t steps = omni_ceiling(matrix->input_width, 64), outputs = matrix->output_width;
    const ptrdiff_t panel_stride = steps * OMNI_STEP_LINES * 64, x_stride = steps * 64;
    // With few rows memory is the limit: it delivers one stream faster than two, and delivers it once.
    const bool few = row_count <= OMNI_SINGLE_LIMIT;
    const ptrdiff_t most_panels = few ? 1 : OMNI_TILE_PANELS;
    const ptrdiff_t most_rows = few ? OMNI_SINGLE_LIMIT : OMNI_TILE_LIMIT;
    const ptrdiff_t tiles = omni_ceiling(row_count, most_rows);
    for (ptrdiff_t j = panel, used; j < panel + panel_count; j += used) {
        used = omni_min(most_panels, panel + panel_count - j);
        const uint8_t *w = (const uint8_t *)matrix->panels + j * panel_stride;
        const float *bias = matrix->bias ? matrix->bias + j * 16 : NULL;
        for (ptrdiff_t i = row, tile = 0, rows; i < row + row_count; i += rows, tile++) {
            rows = omni_tile_rows(row + row_count - i, most_rows);
            OMNI_INTEGER(ahead) ahead = {0};
            if (used == 1 && row_count <= OMNI_MOST_ROWS_AHEAD)
                ahead = OMNI_INTEGER(ahead_of_tile)(tile, tiles, panel_stride);
            if (row_count > OMNI_MOST_ROWS_AHEAD && used * panel_stride <= OMNI_MOST_BYTES_AHEAD)
                omni_prefetch_part(
                    w + used * panel_stride, panel_stride, used, panel_stride / 64, i - row, rows, row_count);
            OMNI_TILE_SWITCH(
                rows, used > 1, OMNI_INTEGER(tile), p->quants + i * x_stride, x_stride, p->scales + i * steps * 2,
                p->offsets + OMNI_GROUPS * i * steps * 2, steps * 2, w, panel_stride, steps, ahead, bias,
                p->accumulating, p->y + i * outputs + j * 16, outputs, outputs - j * 16);
        }
    }
}

#undef OMNI_BY_BITS3
#undef OMNI_BY_BITS2
#undef OMNI_BY_BITS
#undef OMNI_INTEGER
#undef OMNI_GROUPS
#undef OMNI_GROUP_LINES
#undef OMNI_LINE_PARTS
#undef OMNI_GROUP_PARTS
#undef OMNI_STEP_LINES
#undef OMNI_STEPS_AHEAD
#undef OMNI_MOST_ROWS_AHEAD
#undef OMNI_MOST_BYTES_AHEAD
