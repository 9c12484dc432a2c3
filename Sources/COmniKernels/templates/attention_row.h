// Attention of a single row, a query with one head: keys and values are read as they lie. Panels pay only when several
// rows use them.

// The sum of the lanes of each of 16 vectors: lane i is that of v[i]. Four rounds, each of which halves the vectors.
OMNI_INLINE omni_f32x16 OMNI_(sums16)(omni_f32x16 v[16]) {
    OMNI_UNROLL for (int i = 0; i < 8; i++) {
        const omni_f32x16 a = v[i], b = v[i + 8];
        v[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
            + __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
    OMNI_UNROLL for (int i = 0; i < 4; i++) {
        const omni_f32x16 a = v[i], b = v[i + 4];
        v[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
            + __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    }
    OMNI_UNROLL for (int i = 0; i < 2; i++) {
        const omni_f32x16 a = v[i], b = v[i + 2];
        v[i] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
            + __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    return __builtin_shufflevector(v[0], v[1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
        + __builtin_shufflevector(v[0], v[1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}

// Products of 16 keys from `key` on, `stride` apart, with `q`, which is padded with zeros.
OMNI_INLINE omni_f32x16 OMNI_(dots16)(
    const void *keys, ptrdiff_t key, ptrdiff_t stride, const float *q, ptrdiff_t width, const bool are_bfloat16
) {
    omni_f32x16 v[16];
    const void *at[6];
    OMNI_UNROLL for (int i = 0; i < 16; i++) v[i] = splat16(0);
    OMNI_UNROLL for (int i = 0; i < 6; i++) {
        const ptrdiff_t element = (key + 3 * i) * stride;
        at[i] = are_bfloat16 ? (const void *)((const uint16_t *)keys + element) : (const float *)keys + element;
        __asm__("" : "+r"(at[i]));
    }
    for (ptrdiff_t d = 0; d < width; d += 16) {
        const omni_f32x16 part = load16(q + d);
        if (width - d >= 16) {
            OMNI_UNROLL for (int i = 0; i < 16; i++)
                v[i] = load_either(at[i / 3], i % 3 * stride + d, 16, are_bfloat16) * part + v[i];
        } else {
            for (int i = 0; i < 16; i++)
                v[i] = load_either(keys, (key + i) * stride + d, width - d, are_bfloat16) * part + v[i];
        }
    }
    return OMNI_(sums16)(v);
}

// Columns d ..< d + 16 · `vectors` of the sum of `values` [end], each times its share: two sums, of the even keys and
// of the odd ones, so that an addition need not wait for the one before.
OMNI_INLINE void OMNI_(add_values)(
    const float *shares, const void *values, ptrdiff_t d, ptrdiff_t stride, ptrdiff_t end, float scale, float *y,
    ptrdiff_t width, const int vectors, const bool are_bfloat16
) {
    omni_f32x16 sum[2][2 * OMNI_TILE_PANELS];
    OMNI_UNROLL for (int i = 0; i < 2; i++) OMNI_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = splat16(0);
    ptrdiff_t key = 0;
    for (; key + 2 <= end; key += 2)
        OMNI_UNROLL for (int i = 0; i < 2; i++) OMNI_UNROLL for (int j = 0; j < vectors; j++)
            sum[i][j] =
                load_either(values, (key + i) * stride + d + 16 * j, width - 16 * j, are_bfloat16) * shares[key + i]
                + sum[i][j];
    if (key < end)
        OMNI_UNROLL for (int j = 0; j < vectors; j++)
            sum[0][j] =
                load_either(values, key * stride + d + 16 * j, width - 16 * j, are_bfloat16) * shares[key] + sum[0][j];
    OMNI_UNROLL for (int j = 0; j < vectors; j++)
        store_some(y + d + 16 * j, (sum[0][j] + sum[1][j]) * scale, width - 16 * j);
}

// The only row of a group of `call`.
OMNI_INLINE void OMNI_(attend_row)(const attention_call *call, ptrdiff_t group, const bool are_bfloat16) {
    const omni_attention *s = &call->shape;
    const ptrdiff_t width = s->head_width, padded_width = omni_ceiling(width, 16) * 16;
    const ptrdiff_t end = omni_visible(s, 0), score_count = omni_ceiling(end, 16) * 16;
    float *q = omni_scratch(
        omni_scratch_piece, omni_size_product((size_t)(padded_width + score_count), sizeof(float)));
    float *scores = q + padded_width;
    const float *source = call->queries + group * s->query_head_stride;
    for (ptrdiff_t d = 0; d < width; d += 16) store16(q + d, load_some(source + d, width - d) * s->scale);

    const void *keys = omni_group(s, call->keys, group);
    for (ptrdiff_t key = 0; key < end; key += 16) {
        if (key + 16 <= end) {
            store16(scores + key, OMNI_(dots16)(keys, key, s->key_time_stride, q, width, are_bfloat16));
        } else {
            for (ptrdiff_t i = key; i < end; i++) {
                omni_f32x16 v = splat16(0);
                for (ptrdiff_t d = 0; d < width; d += 16)
                    v = load_either(keys, i * s->key_time_stride + d, width - d, are_bfloat16) * load16(q + d) + v;
                scores[i] = sum16(v);
            }
        }
    }
    const float inverse = OMNI_(exponentials)(scores, end, score_count);
    const void *values = omni_group(s, call->values, group);
    float *y = call->y + group * width;
    for (ptrdiff_t d = 0; d < width;) {
        const ptrdiff_t left = width - d;
        if (left >= 32 * OMNI_TILE_PANELS) {
            OMNI_(add_values)(
                scores, values, d, s->key_time_stride, end, inverse, y, 32 * OMNI_TILE_PANELS, 2 * OMNI_TILE_PANELS,
                are_bfloat16);
            d += 32 * OMNI_TILE_PANELS;
        } else {
            OMNI_(add_values)(scores, values, d, s->key_time_stride, end, inverse, y, left, 1, are_bfloat16);
            d += 16;
        }
    }
}
