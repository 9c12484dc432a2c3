// Rounds activations for integer products.
#include "product.h"
#define OMNI_TEMPLATE "templates/quantize.h"
#include "levels.h"

void omni_quantize_rows(
    omni_isa isa, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, int32_t zero,
    bool as_words, int8_t *quants, float *scales, int32_t *offsets
) {
    OMNI_PICK(isa, quantize_rows)(x, x_stride, row_count, width, zero, as_words, quants, scales, offsets);
}
