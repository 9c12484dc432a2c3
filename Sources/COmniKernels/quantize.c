// Rounds activations for integer products.
#include "product.h"
#define OMNI_TEMPLATE "templates/quantize.h"
#include "each_isa.h"

void omni_quantize_rows(
    omni_isa isa, omni_format format, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width,
    int8_t *quants, float *scales, int32_t *offsets
) {
#if defined(__x86_64__)
    if (omni_sums_are_words(isa)) {
        quantize_rows_for_words_avx2(format, x, x_stride, row_count, width, quants, scales, offsets);
        return;
    }
#endif
    const int32_t zero = format == omni_format_int8 ? -128 : -8;
    OMNI_PICK(isa, quantize_rows)(x, x_stride, row_count, width, zero, quants, scales, offsets);
}
