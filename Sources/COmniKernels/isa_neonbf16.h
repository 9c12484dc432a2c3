// Includes OMNI_TEMPLATE once more where the architecture has products of bfloat16: arm64's FEAT_BF16. Whether the
// machine has it is another question, see `omni_takes_pairs`. See each_isa.h for the rest.
#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod,i8mm,bf16"))), apply_to = function)
#define OMNI_ISA_NAME pairs
#define OMNI_TILE_ROWS 6
#define OMNI_TILE_PANELS 1
#define OMNI_PART_WIDTH 512
#include "isa_instance.h"
#pragma clang attribute pop
#endif
