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
    const int8_t *quants;      // [M, K padded to 64]
    const float *scales;       // [M, blocks of 32]
    const int32_t *offsets;    // [M, blocks of 32, `omni_offsets_per_block`]: what zeros of −128 or −8 add to a sum
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

// Whether the kernels add up bytes' products in 16 bits, an offset being two words for the halves of a lane: see
// `templates/dot.h`.
static inline bool omni_sums_are_words(omni_isa isa) { return isa == omni_isa_avx2; }
// Offsets of a block of 32 columns: as many as sums, which in 16 bits hold the products of 16 columns with 8 bits.
static inline ptrdiff_t omni_offsets_per_block(omni_isa isa, omni_format format) {
    return omni_sums_are_words(isa) && format == omni_format_int8 ? 2 : 1;
}
// Rounds rows to 8 bits in blocks of 32: quants = round(x / scale), offset = zero · Σ quants. The largest magnitude
// becomes 127, or less where sums of 8-bit products have 16 bits and would not fit: see `templates/quantize.h`.
void omni_quantize_rows(
    omni_isa isa, omni_format format, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width,
    int8_t *quants, float *scales, int32_t *offsets);
// Rounds rows to bfloat16.
void omni_halve_rows(
    omni_isa isa, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, uint16_t *halves);

#endif
