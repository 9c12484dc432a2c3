// What every template needs: loads, reductions, and functions made of additions and multiplications.

OMNI_INLINE omni_f32x16 splat16(float x) { return (omni_f32x16)(x); }

OMNI_INLINE omni_f32x16 load16(const float *p) {
    omni_f32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

OMNI_INLINE void store16(float *p, omni_f32x16 v) { memcpy(p, &v, sizeof v); }

// The first `count` lanes, at least one; zeros elsewhere. More than 16 count as 16.
OMNI_INLINE omni_f32x16 load_some(const float *p, ptrdiff_t count) {
    if (count >= 16) return load16(p);
    omni_f32x16 v = splat16(0);
    memcpy(&v, p, (size_t)count * sizeof(float));
    return v;
}

// The first `count` of 16 bfloat16, at least one, as floats; zeros elsewhere. More than 16 count as 16.
OMNI_INLINE omni_f32x16 load_bfloat16(const uint16_t *p, ptrdiff_t count) {
    typedef uint16_t halves __attribute__((ext_vector_type(16)));
    halves v = (halves)(0);
    if (count >= 16) {
        memcpy(&v, p, sizeof v);
    } else {
        memcpy(&v, p, (size_t)count * sizeof *p);
    }
    return (omni_f32x16)(__builtin_convertvector(v, omni_u32x16) << 16u);
}

// As load_some, from element `index` of floats or of bfloat16.
OMNI_INLINE omni_f32x16 load_either(const void *p, ptrdiff_t index, ptrdiff_t count, bool are_bfloat16) {
    return are_bfloat16
        ? load_bfloat16((const uint16_t *)p + index, count) : load_some((const float *)p + index, count);
}

OMNI_INLINE void store_some(float *p, omni_f32x16 v, ptrdiff_t count) {
    if (count >= 16) {
        store16(p, v);
    } else {
        memcpy(p, &v, (size_t)count * sizeof(float));
    }
}

OMNI_INLINE float sum16(omni_f32x16 v) {
    omni_f32x8 a = v.lo + v.hi;
    omni_f32x4 b = a.lo + a.hi;
    return (b.x + b.z) + (b.y + b.w);
}

// The largest lane. What is not a number may or may not win.
OMNI_INLINE float max16(omni_f32x16 v) {
    omni_f32x8 a = v.lo > v.hi ? v.lo : v.hi;
    omni_f32x4 b = a.lo > a.hi ? a.lo : a.hi;
    float x = b.x > b.z ? b.x : b.z, y = b.y > b.w ? b.y : b.w;
    return x > y ? x : y;
}

// To the nearest integer, ties to even, for |v| < 2²²: adding 1.5 · 2²³ leaves no room for a fraction.
OMNI_INLINE omni_f32x16 round16(omni_f32x16 v) {
    const omni_f32x16 shift = splat16(12582912.0f);
    return (v + shift) - shift;
}

// The magnitude of each lane.
OMNI_INLINE omni_f32x16 abs16(omni_f32x16 v) { return (omni_f32x16)((omni_u32x16)v & 0x7fffffffu); }

// e to the power x, within two units in the last place for -86 ... 88, beyond that the value at the nearer end. Not a
// number stays that: comparisons with it are false.
OMNI_INLINE omni_f32x16 exp16(omni_f32x16 x) {
    x = x < -86.0f ? splat16(-86.0f) : x;
    x = x > 88.0f ? splat16(88.0f) : x;
    // x = n · ln 2 + r, the integer n left in the low bits of the shifted sum.
    const omni_f32x16 shift = splat16(12582912.0f);
    omni_f32x16 shifted = x * 1.44269504f + shift;
    omni_f32x16 n = shifted - shift;
    // ln 2 in two parts, the first so short that its product with n is exact.
    omni_f32x16 r = (x - n * 0.693359375f) - n * -2.1219444e-4f;
    // Minimax in relative error on ±ln 2 / 2: 3e-9 before rounding.
    omni_f32x16 p = splat16(0.00138145986f);
    p = p * r + 0.00836871697f;
    p = p * r + 0.0416683881f;
    p = p * r + 0.166665206f;
    p = p * r + 0.499999934f;
    p = p * (r * r) + (r + 1.0f);
    omni_u32x16 power = ((omni_u32x16)shifted + 127u) << 23u;
    return p * (omni_f32x16)power;
}

// e to the power x, for x up to 0, as a power of two times 2 to the power `rest`, which is in ±1/2; below −86 the value
// there. Returns the power. Not a number makes neither one. `rest` is off by 2e-8 · |x|; without fused products by six
// times as much.
OMNI_INLINE omni_f32x16 split_exp16(omni_f32x16 x, omni_f32x16 *rest) {
    x = x < -86.0f ? splat16(-86.0f) : x;
    // x / ln 2 = n + rest, the integer n left in the low bits of the shifted sum.
    const omni_f32x16 shift = splat16(12582912.0f);
    const omni_f32x16 shifted = x * 1.44269504f + shift;
    *rest = x * 1.44269504f - (shifted - shift);
    return (omni_f32x16)(((omni_u32x16)shifted + 127u) << 23u);
}

// The error function within 4e-7: minimax in absolute error on ±3.9, one to the last bit beyond.
OMNI_INLINE omni_f32x16 erf16(omni_f32x16 x) {
    omni_f32x16 u = x * x;
    omni_f32x16 p = splat16(2.05036497e-6f);
    p = p * u + 2.8745658e-4f;
    p = p * u + 0.00383690041f;
    p = p * u + 0.0529669852f;
    p = p * u + 0.191941739f;
    p = p * u + 1.12837903f;
    omni_f32x16 q = splat16(3.82304752e-5f);
    q = q * u + 0.00118173814f;
    q = q * u + 0.0151092524f;
    q = q * u + 0.114758477f;
    q = q * u + 0.503435715f;
    q = q * u + 1.0f;
    omni_f32x16 y = x * p / q;
    y = x > 3.9f ? splat16(1.0f) : y;
    return x < -3.9f ? splat16(-1.0f) : y;
}

OMNI_INLINE omni_f32x16 tanh16(omni_f32x16 x) { return 1.0f - 2.0f / (1.0f + exp16(2.0f * x)); }

// The upper 16 bits of each float, rounded to nearest, ties to even, in the lower half of a word. Not a number stays
// that.
OMNI_INLINE omni_u32x16 bfloat16_bits(omni_f32x16 v) {
    const omni_u32x16 bits = (omni_u32x16)v;
    const omni_u32x16 rounded = (bits + 0x7fffu + (bits >> 16u & 1u)) >> 16u;
    return v == v ? rounded : (bits >> 16u | 0x40u);
}

// Exchanges rows and columns of 16 × 16 lanes, in four rounds of exchanging halves.
OMNI_INLINE void transpose16(omni_f32x16 v[16]) {
    omni_f32x16 t[16];
    OMNI_UNROLL for (int i = 0; i < 8; i++) {
        t[i] = __builtin_shufflevector(v[i], v[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        t[i + 8] =
            __builtin_shufflevector(v[i], v[i + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
    OMNI_UNROLL for (int b = 0; b < 16; b += 8) OMNI_UNROLL for (int i = b; i < b + 4; i++) {
        v[i] = __builtin_shufflevector(t[i], t[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
        v[i + 4] = __builtin_shufflevector(t[i], t[i + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    }
    OMNI_UNROLL for (int b = 0; b < 16; b += 4) OMNI_UNROLL for (int i = b; i < b + 2; i++) {
        t[i] = __builtin_shufflevector(v[i], v[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        t[i + 2] = __builtin_shufflevector(v[i], v[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    OMNI_UNROLL for (int b = 0; b < 16; b += 2) {
        v[b] = __builtin_shufflevector(t[b], t[b + 1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        v[b + 1] = __builtin_shufflevector(t[b], t[b + 1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
    }
}
