// Vectors of sixteen lanes: one register of AVX-512, two of AVX2, four of NEON and of baseline x86. The compiler splits
// them.
#ifndef OMNI_VECTOR_H
#define OMNI_VECTOR_H
#include "isa.h"
#include <math.h>
#include <string.h>

// Vectors wider than the registers change how a call passes them. Every function that takes one is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float omni_f32x16 __attribute__((ext_vector_type(16)));
typedef float omni_f32x8 __attribute__((ext_vector_type(8)));
typedef float omni_f32x4 __attribute__((ext_vector_type(4)));
typedef int32_t omni_i32x16 __attribute__((ext_vector_type(16)));
typedef int32_t omni_i32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t omni_u32x16 __attribute__((ext_vector_type(16)));
typedef int8_t omni_i8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t omni_u8x64 __attribute__((ext_vector_type(64)));

// The instruction set's own version of each helper: see isa.h.
#define load16 OMNI_(load16)
#define store16 OMNI_(store16)
#define load_some OMNI_(load_some)
#define load_bfloat16 OMNI_(load_bfloat16)
#define load_either OMNI_(load_either)
#define store_some OMNI_(store_some)
#define splat16 OMNI_(splat16)
#define sum16 OMNI_(sum16)
#define max16 OMNI_(max16)
#define round16 OMNI_(round16)
#define exp16 OMNI_(exp16)
#define split_exp16 OMNI_(split_exp16)
#define erf16 OMNI_(erf16)
#define tanh16 OMNI_(tanh16)
#define bfloat16_bits OMNI_(bfloat16_bits)
#define abs16 OMNI_(abs16)
#define transpose16 OMNI_(transpose16)
#define tile_float32 OMNI_(tile_float32)
#define tile_columns OMNI_(tile_columns)
#define tile_bfloat16 OMNI_(tile_bfloat16)
#endif
