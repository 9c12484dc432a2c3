// How a kernel is compiled once for each instruction set, and how one of them is picked.
//
// A kernel family is a template: a header without a guard whose functions are called OMNI_(name). `levels.h` includes
// it once for each set, inside a pragma that gives all functions of the inclusion that set, and each comes out as
// name_avx2 and so on. OMNI_PICK(isa, name) is then the function for `isa`. AVX-VNNI has kernels of its own only where
// bytes are multiplied, see `level_avxvnni.h`; elsewhere AVX2's serve it.
#ifndef OMNI_ISA_H
#define OMNI_ISA_H
#include "COmniKernels.h"

#define OMNI_JOIN2(a, b) a##_##b
#define OMNI_JOIN(a, b) OMNI_JOIN2(a, b)
#define OMNI_(name) OMNI_JOIN(name, OMNI_LEVEL)

#define OMNI_INLINE static inline __attribute__((always_inline))
#define OMNI_UNROLL _Pragma("clang loop unroll(full)")

#if defined(__x86_64__)
#include <immintrin.h>
#define OMNI_PICK(isa, name) \
    ((isa) == omni_isa_avx512                               ? name##_avx512 \
     : (isa) == omni_isa_avx2 || (isa) == omni_isa_avxvnni ? name##_avx2 \
                                                           : name##_scalar)
#define OMNI_PICK_BYTES(isa, name) ((isa) == omni_isa_avxvnni ? name##_avxvnni : OMNI_PICK(isa, name))
#elif defined(__aarch64__)
#include <arm_neon.h>
#define OMNI_PICK(isa, name) ((isa) == omni_isa_neon ? name##_neon : name##_scalar)
#define OMNI_PICK_BYTES OMNI_PICK
#else
#define OMNI_PICK(isa, name) ((void)(isa), name##_scalar)
#define OMNI_PICK_BYTES OMNI_PICK
#endif
// Whether the machine multiplies pairs of bfloat16 in a way that there are kernels for.
bool omni_has_bfloat16_dot(void);
#endif
