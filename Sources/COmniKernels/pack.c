// Weights into panels, and a row of them back.
#include "product.h"
#include <stdatomic.h>
#include <string.h>
#define OMNI_TEMPLATE "templates/pack.h"
#include "each_isa.h"

size_t omni_packed_size(omni_format format, ptrdiff_t output_width, ptrdiff_t input_width) {
    if (output_width <= 0 || input_width <= 0) return 0;
    // Rounded up without the sum that could overflow.
    const ptrdiff_t step = omni_step(format);
    const size_t panels = (size_t)(output_width / omni_panel_width + (output_width % omni_panel_width != 0));
    const size_t steps = (size_t)(input_width / step + (input_width % step != 0));
    return omni_size_product(panels, omni_size_product(steps, (size_t)omni_step_size(format)));
}

typedef struct packing {
    omni_isa isa;
    omni_matrix matrix;
    const float *weight;
    char *panels;
    ptrdiff_t panels_per_piece;
    atomic_bool is_finite;
} packing;

static void pack_piece(void *context, ptrdiff_t piece) {
    packing *p = context;
    const ptrdiff_t panel_count = omni_ceiling(p->matrix.output_width, omni_panel_width);
    const ptrdiff_t end = omni_min(panel_count, (piece + 1) * p->panels_per_piece);
    for (ptrdiff_t panel = piece * p->panels_per_piece; panel < end; panel++) {
        const ptrdiff_t row = panel * omni_panel_width;
        const bool is_finite = OMNI_PICK(p->isa, pack_panel)(
            p->matrix.format, p->weight + row * p->matrix.input_width,
            omni_min(omni_panel_width, p->matrix.output_width - row), p->matrix.input_width,
            p->panels + panel * omni_panel_size(&p->matrix));
        if (!is_finite) atomic_store(&p->is_finite, false);
    }
}

bool omni_pack(
    omni_pool *pool, omni_isa isa, omni_format format, const float *weight, ptrdiff_t output_width,
    ptrdiff_t input_width, void *panels
) {
    packing p = {isa, {format, output_width, input_width, NULL, NULL}, weight, panels, 0, true};
    p.panels_per_piece = omni_max(1, 65536 / omni_max(1, 16 * input_width));
    omni_pool_run(
        pool, omni_ceiling(omni_ceiling(output_width, omni_panel_width), p.panels_per_piece), pack_piece, &p);
    return atomic_load(&p.is_finite);
}

void omni_pack_codes(
    omni_format format, const int8_t *codes, const float *scales, ptrdiff_t output_width, ptrdiff_t input_width,
    void *panels
) {
    const omni_matrix matrix = {format, output_width, input_width, NULL, NULL};
    const ptrdiff_t columns = format == omni_format_int8 ? 4 : 8, line_count = 64 / columns;
    const ptrdiff_t step_count = omni_ceiling(input_width, 64), block_count = omni_ceiling(input_width, 32);
    for (ptrdiff_t row = 0; row < omni_ceiling(output_width, 16) * 16; row++) {
        char *panel = (char *)panels + row / 16 * omni_panel_size(&matrix);
        for (ptrdiff_t step = 0; step < step_count; step++) {
            uint32_t *words = (uint32_t *)panel + step * (1 + line_count) * 16 + row % 16;
            uint32_t halves[2] = {0, 0};
            for (ptrdiff_t half = 0; half < 2; half++) {
                const ptrdiff_t block = 2 * step + half;
                if (row < output_width && block < block_count)
                    memcpy(&halves[half], scales + row * block_count + block, sizeof halves[half]);
            }
            words[0] = halves[0] >> 16 | (halves[1] & 0xffff0000u);
            for (ptrdiff_t line = 0; line < line_count; line++) {
                uint32_t word = 0;
                for (ptrdiff_t c = 0; c < columns; c++) {
                    const ptrdiff_t k = step * 64 + line * columns + c;
                    const int code = row < output_width && k < input_width ? codes[row * input_width + k] : 0;
                    word |= format == omni_format_int8 ? (uint32_t)(code + 128) << 8 * c
                                                       : (uint32_t)(code + 8) << (8 * (c % 4) + (c < 4 ? 0 : 4));
                }
                words[(1 + line) * 16] = word;
            }
        }
    }
}

static float from_upper_half(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void omni_unpack_row(const omni_matrix *matrix, ptrdiff_t row, float *y) {
    const char *panel = (const char *)matrix->panels + row / omni_panel_width * omni_panel_size(matrix);
    const ptrdiff_t width = matrix->input_width, lane = row % omni_panel_width;
    if (matrix->format == omni_format_float32) {
        for (ptrdiff_t k = 0; k < width; k++) y[k] = ((const float *)panel)[k * 16 + lane];
        return;
    }
    const uint32_t *words = (const uint32_t *)panel + lane;
    if (matrix->format == omni_format_bfloat16) {
        for (ptrdiff_t k = 0; k < width; k++) {
            const uint32_t pair = words[k / 2 * 16];
            y[k] = from_upper_half(k % 2 ? pair & 0xffff0000u : pair << 16);
        }
        return;
    }
    const ptrdiff_t columns = matrix->format == omni_format_int8 ? 4 : 8, line_count = 64 / columns;
    for (ptrdiff_t k = 0; k < width; k++) {
        const uint32_t *step = words + k / 64 * (1 + line_count) * 16;
        const ptrdiff_t column = k % 64;
        const float scale = from_upper_half(column < 32 ? step[0] << 16 : step[0] & 0xffff0000u);
        const uint32_t word = step[(1 + column / columns) * 16];
        if (matrix->format == omni_format_int8) {
            y[k] = scale * (float)((int)(word >> 8 * (column % 4) & 0xff) - 128);
        } else {
            y[k] = scale * (float)((int)(word >> (8 * (column % 4) + (column % 8 < 4 ? 0 : 4)) & 0xf) - 8);
        }
    }
}
