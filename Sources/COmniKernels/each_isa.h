// Includes OMNI_TEMPLATE once for each instruction set of this architecture. See isa.h.
//
// OMNI_TILE_ROWS and OMNI_TILE_PANELS: how large a tile of sums, each of 16 floats, the registers hold beside a line of
// weights: 32 × 512 bits, 16 × 256, 32 × 128, and 16 × 128 in baseline x86.
//
// OMNI_INTEGER_ROWS: rows of a tile of integer sums. It has as many float ones beside them: where 16 registers do not
// hold both, the float sums, which are wanted once in a block of 32 columns, lie in memory.
//
// OMNI_PART_WIDTH: columns that float sums add up by themselves. Where a product is rounded before it is added, shorter
// parts make up for it.
#include "isa.h"
#include "vector.h"

#define OMNI_IS_AVX2 0
#define OMNI_IS_AVXVNNI 0
#define OMNI_IS_AVX512 0
#define OMNI_IS_NEON 0
#define OMNI_IS_NEONI8MM 0
#define OMNI_ISA_NAME scalar
#define OMNI_TILE_ROWS 2
#define OMNI_TILE_PANELS 1
#define OMNI_INTEGER_ROWS 1
#define OMNI_PART_WIDTH 32
#include "isa_instance.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#undef OMNI_IS_AVX2
#define OMNI_IS_AVX2 1
#define OMNI_ISA_NAME avx2
#define OMNI_TILE_ROWS 6
#define OMNI_TILE_PANELS 1
#define OMNI_INTEGER_ROWS 6
#define OMNI_PART_WIDTH 128
#include "isa_instance.h"
#undef OMNI_IS_AVX2
#define OMNI_IS_AVX2 0
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#undef OMNI_IS_AVX512
#define OMNI_IS_AVX512 1
#define OMNI_ISA_NAME avx512
#define OMNI_TILE_ROWS 12
#define OMNI_TILE_PANELS 2
#define OMNI_INTEGER_ROWS 6
#define OMNI_PART_WIDTH 128
#include "isa_instance.h"
#undef OMNI_IS_AVX512
#define OMNI_IS_AVX512 0
#pragma clang attribute pop

#elif defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#undef OMNI_IS_NEON
#define OMNI_IS_NEON 1
#define OMNI_ISA_NAME neon
#define OMNI_TILE_ROWS 6
#define OMNI_TILE_PANELS 1
#define OMNI_INTEGER_ROWS 3
#define OMNI_PART_WIDTH 128
#include "isa_instance.h"
#undef OMNI_IS_NEON
#define OMNI_IS_NEON 0
#pragma clang attribute pop
#endif
