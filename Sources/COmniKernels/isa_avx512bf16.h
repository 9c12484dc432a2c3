// Includes OMNI_TEMPLATE once more where the architecture has a dot product of pairs of bfloat16: x86's AVX-512 BF16.
// Whether the machine has it is another question, see `omni_has_bfloat16_dot`. See each_isa.h for the rest.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16"))), apply_to = function)
#define OMNI_ISA_NAME pairs
#define OMNI_TILE_ROWS 12
#define OMNI_TILE_PANELS 2
#define OMNI_PART_WIDTH 1024
#include "isa_instance.h"
#pragma clang attribute pop
#endif
