// What the matrix kernels share: a product, and the pieces that threads take from it.
#ifndef OMNI_PRODUCT_H
#define OMNI_PRODUCT_H
#include "isa.h"
#include "support.h"

enum { omni_panel_width = 16 };

// Columns that a line of panels covers at least: K is padded to a multiple of it.
static inline ptrdiff_t omni_step(omni_format format) {
    return format == omni_format_float32 ? 1 : format == omni_format_bfloat16 ? 2 : 64;
}
// Bytes of one panel for each step.
static inline ptrdiff_t omni_step_size(omni_format format) {
    return format <= omni_format_bfloat16 ? 64 : format == omni_format_int8 ? 64 + 1024 : 64 + 512;
}
static inline ptrdiff_t omni_panel_size(const omni_matrix *matrix) {
    return omni_ceiling(matrix->input_width, omni_step(matrix->format)) * omni_step_size(matrix->format);
}

// Some rows of a product. Integer formats read `quants`, `scales` and `offsets`, bfloat16 pairs read `halves`, the
// others `x`.
typedef struct omni_product {
    const omni_matrix *matrix;
    const float *x;
    ptrdiff_t x_stride;
    const int8_t *quants;      // [M, K padded to 64] bytes, or words where `omni_quants_are_words`
    const float *scales;       // [M, blocks of 32]
    const int32_t *offsets;    // [M, blocks of 32]: what a zero of −128 or −8 adds to a block's sum
    const uint16_t *halves;    // [M, K padded to 2]
    bool accumulating;
    float *y;                  // [M, N]
} omni_product;

// A kernel: the sums of rows `row ..< row + row_count` with panels `panel ..< panel + panel_count`.
typedef void omni_multiply_part(
    const omni_product *product, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count);
omni_multiply_part *omni_multiply_float32(omni_isa isa);
omni_multiply_part *omni_multiply_bfloat16(omni_isa isa);
omni_multiply_part *omni_multiply_bfloat16_pairs(omni_isa isa);  // NULL where the machine has no such product
omni_multiply_part *omni_multiply_int8(omni_isa isa);
omni_multiply_part *omni_multiply_int4(omni_isa isa);

// Whether the product wants rounded activations as words, of each four columns 0, 2, 1, 3: see `templates/dot.h`.
static inline bool omni_quants_are_words(omni_isa isa, omni_format format) {
    return isa == omni_isa_avx2 && format == omni_format_int8;
}
// Rounds rows to 8 bits in blocks of 32: quants = round(x / scale), scale = largest / 127, offset = zero · Σ quants.
void omni_quantize_rows(
    omni_isa isa, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, int32_t zero,
    bool as_words, int8_t *quants, float *scales, int32_t *offsets);
// Rounds rows to bfloat16.
void omni_halve_rows(
    omni_isa isa, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, uint16_t *halves);

#endif
