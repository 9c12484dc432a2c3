// Which instruction sets there are: asked of the machine, once per call, cheap.
#include "COmniKernels.h"
#include "isa.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>

static bool has_feature(const char *name) {
    int has = 0;
    size_t size = sizeof has;
    return sysctlbyname(name, &has, &size, NULL, 0) == 0 && has != 0;
}
#endif

bool omni_has_bfloat16_dot(void) {
// Tests examine as well what machines without it do.
#if defined(OMNI_WITHOUT_BFLOAT16_DOT)
    return false;
#elif defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#elif defined(__aarch64__) && defined(__linux__)
    return (getauxval(AT_HWCAP2) >> 14 & 1) != 0;  // HWCAP2_BF16
#elif defined(__aarch64__) && defined(__APPLE__)
    return has_feature("hw.optional.arm.FEAT_BF16");
#else
    return false;
#endif
}

bool omni_isa_is_available(omni_isa isa) {
    switch (isa) {
    case omni_isa_scalar:
        return true;
#if defined(__x86_64__)
    case omni_isa_avx2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case omni_isa_avxvnni:
        return omni_isa_is_available(omni_isa_avx2) && __builtin_cpu_supports("avxvnni");
    case omni_isa_avx512:
        return omni_isa_is_available(omni_isa_avx2) && __builtin_cpu_supports("avx512f")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__) && defined(__linux__)
    case omni_isa_neon:
        return (getauxval(AT_HWCAP) >> 20 & 1) != 0;  // HWCAP_ASIMDDP
    case omni_isa_neoni8mm:
        return omni_isa_is_available(omni_isa_neon) && (getauxval(AT_HWCAP2) >> 13 & 1) != 0;  // HWCAP2_I8MM
#elif defined(__aarch64__) && defined(__APPLE__)
    case omni_isa_neon:
        return has_feature("hw.optional.arm.FEAT_DotProd");
    case omni_isa_neoni8mm:
        return omni_isa_is_available(omni_isa_neon) && has_feature("hw.optional.arm.FEAT_I8MM");
#endif
    default:
        return false;
    }
}

omni_isa omni_isa_best(void) {
    static const omni_isa fastest_first[] = {
        omni_isa_avx512, omni_isa_avxvnni, omni_isa_avx2, omni_isa_neoni8mm, omni_isa_neon,
    };
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++)
        if (omni_isa_is_available(fastest_first[i])) return fastest_first[i];
    return omni_isa_scalar;
}
