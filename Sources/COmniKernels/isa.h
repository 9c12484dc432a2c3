// How a kernel is compiled once for each instruction set, and how one of them is picked.
//
// A kernel family is a template: a header without a guard whose functions are called OMNI_(name). `each_isa.h` includes
// it once for each set, inside a pragma that gives all functions of the inclusion that set, and each comes out as
// name_avx2 and so on. OMNI_PICK(isa, name) is then the function for `isa`. AVX-VNNI and
// NEON's I8MM have kernels of their own only where bytes are multiplied, see `isa_avxvnni.h` and `isa_neoni8mm.h`;
// elsewhere AVX2's and NEON's serve them.
#ifndef OMNI_ISA_H
#define OMNI_ISA_H
#include "COmniKernels.h"

#define OMNI_JOIN2(a, b) a##_##b
#define OMNI_JOIN(a, b) OMNI_JOIN2(a, b)
#define OMNI_(name) OMNI_JOIN(name, OMNI_ISA_NAME)

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
#define OMNI_PICK(isa, name) \
    ((isa) == omni_isa_neon || (isa) == omni_isa_neoni8mm ? name##_neon : name##_scalar)
#define OMNI_PICK_BYTES(isa, name) ((isa) == omni_isa_neoni8mm ? name##_neoni8mm : OMNI_PICK(isa, name))
#else
#define OMNI_PICK(isa, name) ((void)(isa), name##_scalar)
#define OMNI_PICK_BYTES OMNI_PICK
#endif
// Whether the machine multiplies pairs of bfloat16 in a way that there are kernels for.
bool omni_has_bfloat16_dot(void);

// Kernels called name_pairs multiply pairs of bfloat16: see `isa_avx512bf16.h` and `isa_neonbf16.h`.
#if defined(__x86_64__) || defined(__aarch64__)
#define OMNI_HAS_PAIRS 1
#else
#define OMNI_HAS_PAIRS 0
#endif
// Whether `isa` takes them on this machine.
static inline bool omni_takes_pairs(omni_isa isa) {
    return (isa == omni_isa_avx512 || isa == omni_isa_neoni8mm) && omni_has_bfloat16_dot();
}
#endif
