// Multiply-add instructions on the registers of this instruction set, over and over: OMNI_PEAK_SUMS sums, so many that
// none waits for its last addition. Each function returns the additions and multiplications that it did.
#define OMNI_PEAK_SUMS 12

#if OMNI_IS_AVX512 || (OMNI_PAIRS && defined(__x86_64__))
#define OMNI_PEAK_LANES 16
#elif OMNI_IS_AVX2 || OMNI_IS_AVXVNNI
#define OMNI_PEAK_LANES 8
#else
#define OMNI_PEAK_LANES 4
#endif

typedef float OMNI_(peak_floats) __attribute__((ext_vector_type(OMNI_PEAK_LANES)));
typedef int32_t OMNI_(peak_words) __attribute__((ext_vector_type(OMNI_PEAK_LANES)));

#if OMNI_PAIRS
// What products of bfloat16 do for a register: OMNI_PEAK_PAIRS products of a lane.
OMNI_INLINE OMNI_(peak_floats) OMNI_(peak_pairs)(OMNI_(peak_floats) sum, OMNI_(peak_floats) w, OMNI_(peak_floats) x) {
#if defined(__x86_64__)
#define OMNI_PEAK_PAIRS 2
    return (OMNI_(peak_floats))_mm512_dpbf16_ps((__m512)sum, (__m512bh)w, (__m512bh)x);
#else
#define OMNI_PEAK_PAIRS 4
    return (OMNI_(peak_floats))vbfmmlaq_f32(
        (float32x4_t)sum, vreinterpretq_bf16_f32((float32x4_t)w), vreinterpretq_bf16_f32((float32x4_t)x));
#endif
}

static double OMNI_(peak_bfloat16)(ptrdiff_t repetition_count) {
    OMNI_(peak_floats) sum[OMNI_PEAK_SUMS], w = (OMNI_(peak_floats))(0x1p-120f), x = w;
    OMNI_UNROLL for (int i = 0; i < OMNI_PEAK_SUMS; i++) sum[i] = w;
    for (ptrdiff_t repetition = 0; repetition < repetition_count; repetition++) {
        OMNI_UNROLL for (int i = 0; i < OMNI_PEAK_SUMS; i++) {
            OMNI_KEEP(w);
            sum[i] = OMNI_(peak_pairs)(sum[i], w, x);
            OMNI_KEEP(sum[i]);
        }
    }
    return 2.0 * OMNI_PEAK_PAIRS * OMNI_PEAK_LANES * OMNI_PEAK_SUMS * (double)repetition_count;
}
#else
static double OMNI_(peak_float32)(ptrdiff_t repetition_count) {
    OMNI_(peak_floats) sum[OMNI_PEAK_SUMS], w = (OMNI_(peak_floats))(0.5f), x = (OMNI_(peak_floats))(1);
    OMNI_UNROLL for (int i = 0; i < OMNI_PEAK_SUMS; i++) sum[i] = x;
    for (ptrdiff_t repetition = 0; repetition < repetition_count; repetition++) {
        OMNI_UNROLL for (int i = 0; i < OMNI_PEAK_SUMS; i++) {
            OMNI_KEEP(w);
            // Converges to 2: no sum becomes so small or so large that it takes longer.
            sum[i] = sum[i] * w + x;
            OMNI_KEEP(sum[i]);
        }
    }
    return 2.0 * OMNI_PEAK_LANES * OMNI_PEAK_SUMS * (double)repetition_count;
}

// What products of 8 and of 4 bits do for a register, and for how many products of a lane: see dot.h.
#if OMNI_IS_AVX512
#define OMNI_PEAK_DOT8(sum, w, x) _mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(w), (__m512i)(x))
#define OMNI_PEAK_DOT4 OMNI_PEAK_DOT8
enum { OMNI_(products8) = 4, OMNI_(products4) = 4 };
#elif OMNI_IS_AVXVNNI
#define OMNI_PEAK_DOT8(sum, w, x) _mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(w), (__m256i)(x))
#define OMNI_PEAK_DOT4 OMNI_PEAK_DOT8
enum { OMNI_(products8) = 4, OMNI_(products4) = 4 };
#elif OMNI_IS_AVX2
// A group of four lines.
OMNI_INLINE __m256i OMNI_(peak_group)(__m256i sum, __m256i w, __m256i x) {
    __m256i group = x;
    OMNI_UNROLL for (int line = 0; line < 4; line++) {
        OMNI_KEEP(w);
        group = _mm256_add_epi16(group, _mm256_maddubs_epi16(w, x));
    }
    return _mm256_add_epi32(sum, _mm256_madd_epi16(group, _mm256_set1_epi16(1)));
}
#define OMNI_PEAK_DOT8(sum, w, x) OMNI_(peak_group)((__m256i)(sum), (__m256i)(w), (__m256i)(x))
#define OMNI_PEAK_DOT4(sum, w, x) _mm256_add_epi16((__m256i)(sum), _mm256_maddubs_epi16((__m256i)(w), (__m256i)(x)))
enum { OMNI_(products8) = 16, OMNI_(products4) = 4 };
#elif OMNI_IS_NEON
#define OMNI_PEAK_DOT8(sum, w, x) vdotq_s32((int32x4_t)(sum), (int8x16_t)(w), (int8x16_t)(x))
#define OMNI_PEAK_DOT4 OMNI_PEAK_DOT8
enum { OMNI_(products8) = 4, OMNI_(products4) = 4 };
#elif OMNI_IS_NEONI8MM
#define OMNI_PEAK_DOT8(sum, w, x) vmmlaq_s32((int32x4_t)(sum), (int8x16_t)(w), (int8x16_t)(x))
#define OMNI_PEAK_DOT4 OMNI_PEAK_DOT8
enum { OMNI_(products8) = 8, OMNI_(products4) = 8 };
#elif defined(__x86_64__)
#define OMNI_PEAK_DOT8(sum, w, x) _mm_add_epi32((__m128i)(sum), _mm_madd_epi16((__m128i)(w), (__m128i)(x)))
#define OMNI_PEAK_DOT4 OMNI_PEAK_DOT8
enum { OMNI_(products8) = 2, OMNI_(products4) = 2 };
#else
#define OMNI_PEAK_DOT8(sum, w, x) ((sum) + (w) * (x))
#define OMNI_PEAK_DOT4 OMNI_PEAK_DOT8
enum { OMNI_(products8) = 1, OMNI_(products4) = 1 };
#endif

#define OMNI_PEAK_INTEGER(name, DOT, products) \
    static double OMNI_(name)(ptrdiff_t repetition_count) { \
        OMNI_(peak_words) sum[OMNI_PEAK_SUMS], w = (OMNI_(peak_words))(0x01020304), x = w; \
        OMNI_UNROLL for (int i = 0; i < OMNI_PEAK_SUMS; i++) sum[i] = w; \
        for (ptrdiff_t repetition = 0; repetition < repetition_count; repetition++) { \
            OMNI_UNROLL for (int i = 0; i < OMNI_PEAK_SUMS; i++) { \
                OMNI_KEEP(w); \
                sum[i] = (OMNI_(peak_words))DOT(sum[i], w, x); \
                OMNI_KEEP(sum[i]); \
            } \
        } \
        return 2.0 * (products) * OMNI_PEAK_LANES * OMNI_PEAK_SUMS * (double)repetition_count; \
    }
OMNI_PEAK_INTEGER(peak_int8, OMNI_PEAK_DOT8, OMNI_(products8))
OMNI_PEAK_INTEGER(peak_int4, OMNI_PEAK_DOT4, OMNI_(products4))
#undef OMNI_PEAK_INTEGER
#undef OMNI_PEAK_DOT8
#undef OMNI_PEAK_DOT4
#endif
#undef OMNI_PEAK_SUMS
#undef OMNI_PEAK_LANES
