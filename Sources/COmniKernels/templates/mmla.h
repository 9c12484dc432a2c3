// Matrix products of arm64: an instruction takes 16 bytes of weights, two rows of 8 bytes, and the same of activations,
// and adds the four dot products to a register: [w0·x0, w0·x1, w1·x0, w1·x1]. All sums lie so until they are
// stored.
//
// Two neighbouring lines of a panel hold 4 + 4 bytes of each of its 16 rows. Their words in turn are 8 operands.

typedef omni_f32x4 OMNI_(sums);

// The operands of two lines: of rows 0 and 1, 2 and 3, and so on. Those of rows 8 ... 15 lie `half_stride` bytes after
// those of rows 0 ... 7.
OMNI_INLINE void OMNI_(store_operands)(omni_u32x16 first, omni_u32x16 second, uint8_t *w, ptrdiff_t half_stride) {
    const omni_u32x16 lower = __builtin_shufflevector(
        first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const omni_u32x16 upper = __builtin_shufflevector(
        first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    memcpy(w, &lower, sizeof lower);
    memcpy(w + half_stride, &upper, sizeof upper);
}

// 16 bytes of each of two rows of activations as two operands.
OMNI_INLINE void OMNI_(load_operands)(const void *row0, const void *row1, uint64x2_t operands[2]) {
    uint64x2_t a, b;
    memcpy(&a, row0, sizeof a);
    memcpy(&b, row1, sizeof b);
    operands[0] = vzip1q_u64(a, b);
    operands[1] = vzip2q_u64(a, b);
}

// Eight outputs of two rows as sums, and back.
OMNI_INLINE void OMNI_(make_sums)(omni_f32x8 row0, omni_f32x8 row1, OMNI_(sums) sums[4]) {
    sums[0] = __builtin_shufflevector(row0, row1, 0, 8, 1, 9);
    sums[1] = __builtin_shufflevector(row0, row1, 2, 10, 3, 11);
    sums[2] = __builtin_shufflevector(row0, row1, 4, 12, 5, 13);
    sums[3] = __builtin_shufflevector(row0, row1, 6, 14, 7, 15);
}

OMNI_INLINE omni_f32x8 OMNI_(row_of_sums)(const OMNI_(sums) sums[4], const int row) {
    omni_f32x8 result;
    if (row == 0) {
        result.lo = __builtin_shufflevector(sums[0], sums[1], 0, 2, 4, 6);
        result.hi = __builtin_shufflevector(sums[2], sums[3], 0, 2, 4, 6);
    } else {
        result.lo = __builtin_shufflevector(sums[0], sums[1], 1, 3, 5, 7);
        result.hi = __builtin_shufflevector(sums[2], sums[3], 1, 3, 5, 7);
    }
    return result;
}

// The first `count` of eight lanes, at least one; zeros elsewhere. More than 8 count as 8.
OMNI_INLINE omni_f32x8 OMNI_(load_half)(const float *p, ptrdiff_t count) {
    omni_f32x8 v = (omni_f32x8)(0);
    if (count >= 8) {
        memcpy(&v, p, sizeof v);
    } else {
        memcpy(&v, p, (size_t)count * sizeof *p);
    }
    return v;
}

OMNI_INLINE void OMNI_(store_half)(float *p, omni_f32x8 v, ptrdiff_t count) {
    if (count >= 8) {
        memcpy(p, &v, sizeof v);
    } else {
        memcpy(p, &v, (size_t)count * sizeof *p);
    }
}
