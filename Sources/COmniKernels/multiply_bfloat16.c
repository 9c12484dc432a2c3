// Products with bfloat16 weights.
#include "tiles.h"
#define OMNI_TILE_LIMIT OMNI_TILE_ROWS
#define OMNI_TEMPLATE "templates/multiply_bfloat16.h"
#define OMNI_ACTIVATION float
#define OMNI_PAIRS 0
#include "each_isa.h"

#undef OMNI_ACTIVATION
#undef OMNI_PAIRS
#define OMNI_ACTIVATION uint16_t
#define OMNI_PAIRS 1
#include "isa_avx512bf16.h"

#undef OMNI_TEMPLATE
#define OMNI_TEMPLATE "templates/multiply_bfloat16_mmla.h"
#include "isa_neonbf16.h"

omni_multiply_part *omni_multiply_bfloat16(omni_isa isa) { return OMNI_PICK(isa, multiply_bfloat16); }

omni_multiply_part *omni_multiply_bfloat16_pairs(omni_isa isa) {
#if OMNI_HAS_PAIRS
    if (omni_takes_pairs(isa)) return multiply_bfloat16_pairs;
#endif
    (void)isa;
    return NULL;
}

void omni_halve_rows(
    omni_isa isa, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count, ptrdiff_t width, uint16_t *halves
) {
    OMNI_PICK(isa, halve_rows)(x, x_stride, row_count, width, halves);
}
