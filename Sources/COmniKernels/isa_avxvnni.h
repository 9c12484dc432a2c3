// Includes OMNI_TEMPLATE once more where the architecture has AVX2 with a dot product of bytes. See each_isa.h for the
// rest.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#undef OMNI_IS_AVXVNNI
#define OMNI_IS_AVXVNNI 1
#define OMNI_ISA_NAME avxvnni
#define OMNI_TILE_ROWS 6
#define OMNI_TILE_PANELS 1
#define OMNI_INTEGER_ROWS 6
#define OMNI_PART_WIDTH 128
#include "isa_instance.h"
#undef OMNI_IS_AVXVNNI
#define OMNI_IS_AVXVNNI 0
#pragma clang attribute pop
#endif
