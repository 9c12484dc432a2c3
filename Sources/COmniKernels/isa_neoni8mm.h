// Includes OMNI_TEMPLATE once more where the architecture has NEON with matrix products of bytes: arm64's FEAT_I8MM.
// Whether the machine has it is another question, see isa.c. See each_isa.h for the rest.
#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#undef OMNI_IS_NEONI8MM
#define OMNI_IS_NEONI8MM 1
#define OMNI_ISA_NAME neoni8mm
#define OMNI_TILE_ROWS 6
#define OMNI_TILE_PANELS 1
#define OMNI_INTEGER_ROWS 6
#define OMNI_PART_WIDTH 512
#include "isa_instance.h"
#undef OMNI_IS_NEONI8MM
#define OMNI_IS_NEONI8MM 0
#pragma clang attribute pop
#endif
