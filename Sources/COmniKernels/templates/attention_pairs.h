// Attention in pairs of bfloat16: queries, keys, values and the exponentials are rounded, all sums are floats.
#include "tile_bfloat16.h"

typedef uint16_t OMNI_(u16x16) __attribute__((ext_vector_type(16)));

// Rounded to bfloat16.
OMNI_INLINE OMNI_(u16x16) OMNI_(halves)(omni_f32x16 v) {
#if defined(__x86_64__)
    return (OMNI_(u16x16))_mm512_cvtneps_pbh((__m512)v);
#else
    float32x4_t parts[4];
    bfloat16x8_t rounded[2];
    OMNI_(u16x16) halves;
    memcpy(parts, &v, sizeof v);
    OMNI_UNROLL for (int i = 0; i < 2; i++)
        rounded[i] = vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(parts[2 * i]), parts[2 * i + 1]);
    memcpy(&halves, rounded, sizeof halves);
    return halves;
#endif
}

OMNI_INLINE void OMNI_(store_halves)(uint16_t *p, omni_f32x16 v, ptrdiff_t count) {
    const OMNI_(u16x16) halves = OMNI_(halves)(v);
    memcpy(p, &halves, (size_t)omni_min(count, 16) * sizeof *p);
}

// Keys `key ..< end` of one group as panels [D / 2, 16, 2]; what does not exist counts as zero.
static void OMNI_(pack_key_pairs)(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end) {
    const omni_attention *s = &call->shape;
    const void *keys = omni_group(s, call->keys, group);
    const ptrdiff_t padded = omni_ceiling(s->head_width, 2) * 2;
    for (; key < end; key += 16) {
        uint16_t *panel = call->key_pairs + group * call->packed_keys_stride + key * padded;
        for (ptrdiff_t d = 0; d < s->head_width; d += 32) {
            omni_f32x16 v[16];
            OMNI_UNROLL for (int i = 0; i < 16; i++) {
                const ptrdiff_t source = (key + i) * s->key_time_stride + d;
                const ptrdiff_t left = key + i < s->key_count ? s->head_width - d : 0;
                const omni_f32x16 a = left > 0 ? load_either(keys, source, left, s->has_bfloat16_keys) : splat16(0);
                const omni_f32x16 b =
                    left > 16 ? load_either(keys, source + 16, left - 16, s->has_bfloat16_keys) : splat16(0);
                const OMNI_(u16x16) halves[2] = {OMNI_(halves)(a), OMNI_(halves)(b)};
                memcpy(&v[i], halves, sizeof v[i]);
            }
            transpose16(v);
            for (ptrdiff_t c = 0; c < omni_min(16, (padded - d) / 2); c++) memcpy(panel + (d / 2 + c) * 32, &v[c], 64);
        }
    }
}

// Values `key ..< end` of one group, `key` even, as panels [T / 2, 16, 2].
static void OMNI_(pack_value_pairs)(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end) {
    const omni_attention *s = &call->shape;
    const void *values = omni_group(s, call->values, group);
    uint16_t *packed = call->value_pairs + group * call->packed_values_stride;
    const ptrdiff_t panel_stride = omni_value_panel(s->key_count);
    for (; key < end; key += 2) {
        for (ptrdiff_t d = 0; d < s->head_width; d += 16) {
            const ptrdiff_t source = key * s->key_time_stride + d, left = s->head_width - d;
            const omni_u32x16 a = bfloat16_bits(load_either(values, source, left, s->has_bfloat16_keys));
            const omni_u32x16 b = key + 1 < end
                ? bfloat16_bits(load_either(values, source + s->key_time_stride, left, s->has_bfloat16_keys))
                : (omni_u32x16)(0);
            const omni_u32x16 pairs = a | b << 16u;
            memcpy(packed + d / 16 * panel_stride + key * 16, &pairs, sizeof pairs);
        }
    }
}

// e to the power x, within 1e-4 of it, for x up to 0. What is rounded to bfloat16 is 20 times as far off anyway. Not a
// number stays that.
OMNI_INLINE omni_f32x16 OMNI_(rough_exponential)(omni_f32x16 x) {
    omni_f32x16 f;
    const omni_f32x16 power = split_exp16(x, &f);
    // Minimax in relative error of 2 to the power f on ±1/2.
    omni_f32x16 p = splat16(0.055171493f);
    p = p * f + 0.24261093f;
    p = p * f + 0.69326097f;
    p = p * f + 0.99992806f;
    return p * power;
}

// Puts e to the power x − largest, rounded, into the front half of `x`, and returns the inverse of their sum: 0 for
// none.
static float OMNI_(exponential_halves)(float *x, ptrdiff_t count) {
    if (count <= 0) return 0;
    omni_f32x16 largest = splat16(-INFINITY);
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const omni_f32x16 v = load16(x + i);
        largest = v > largest ? v : largest;
    }
    float most = max16(largest);
    for (ptrdiff_t k = i; k < count; k++) most = x[k] > most ? x[k] : most;
    uint16_t *halves = (uint16_t *)x;
    omni_f32x16 sum = splat16(0);
    for (i = 0; i + 16 <= count; i += 16) {
        const omni_f32x16 v = OMNI_(rough_exponential)(load16(x + i) - most);
        OMNI_(store_halves)(halves + i, v, 16);
        sum += v;
    }
    float total = sum16(sum);
    if (i < count) {
        const omni_f32x16 v = OMNI_(rough_exponential)(load_some(x + i, count - i) - most);
        OMNI_(store_halves)(halves + i, v, count - i);
        for (ptrdiff_t k = 0; k < count - i; k++) total += v[k];
    }
    return 1.0f / total;
}

// Rows `row ..< row + row_count` of one group: a row is a query with one of the group's heads.
static void OMNI_(attend_rows)(const attention_call *call, ptrdiff_t group, ptrdiff_t row, ptrdiff_t row_count) {
    const omni_attention *s = &call->shape;
    const ptrdiff_t heads = s->head_count / s->group_count, width = s->head_width;
    const ptrdiff_t pair_width = omni_ceiling(width, 2) * 2, padded_width = omni_ceiling(width, 16) * 16;
    const ptrdiff_t end = omni_visible(s, (row + row_count - 1) / heads);
    const ptrdiff_t panel_count = omni_ceiling(end, 16), score_stride = panel_count * 16;
    const size_t row_room = omni_size_sum(
        omni_size_product((size_t)(score_stride + padded_width), sizeof(float)),
        omni_size_product((size_t)pair_width, sizeof(uint16_t)));
    float *scores = omni_scratch(omni_scratch_piece, omni_size_product((size_t)row_count, row_room));
    float *results = scores + row_count * score_stride;
    uint16_t *q = (uint16_t *)(results + row_count * padded_width);

    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t query = (row + i) / heads, head = group * heads + (row + i) % heads;
        const float *source = call->queries + query * s->query_time_stride + head * s->query_head_stride;
        for (ptrdiff_t d = 0; d < width; d += 16)
            OMNI_(store_halves)(q + i * pair_width + d, load_some(source + d, width - d) * s->scale, pair_width - d);
    }
    const ptrdiff_t key_panel = 16 * pair_width, value_panel = omni_value_panel(s->key_count);
    const uint16_t *keys = call->key_pairs + group * call->packed_keys_stride;
    for (ptrdiff_t j = 0, used; j < panel_count; j += used) {
        used = omni_min(OMNI_TILE_PANELS, panel_count - j);
        for (ptrdiff_t i = 0, rows; i < row_count; i += rows) {
            rows = omni_tile_rows(row_count - i, OMNI_TILE_ROWS);
            const omni_tile_sums sums = {.to = scores + i * score_stride + j * 16, .to_stride = score_stride};
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_bfloat16, q + i * pair_width, pair_width, keys + j * key_panel, key_panel, pair_width,
                NULL, sums, used * 16, false);
        }
    }
    float inverse[OMNI_ATTENTION_ROWS];
    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t visible = omni_visible(s, (row + i) / heads);
        float *line = scores + i * score_stride;
        inverse[i] = OMNI_(exponential_halves)(line, visible);
        // Later rows of the block see more: what this one does not see counts as zero.
        uint16_t *halves = (uint16_t *)line;
        memset(halves + visible, 0, (size_t)(score_stride - visible) * sizeof *halves);
    }
    const uint16_t *values = call->value_pairs + group * call->packed_values_stride;
    for (ptrdiff_t j = 0, used; j < padded_width / 16; j += used) {
        used = omni_min(OMNI_TILE_PANELS, padded_width / 16 - j);
        for (ptrdiff_t i = 0, rows; i < row_count; i += rows) {
            rows = omni_tile_rows(row_count - i, OMNI_TILE_ROWS);
            const omni_tile_sums sums = {.to = results + i * padded_width + j * 16, .to_stride = padded_width};
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_bfloat16, (const uint16_t *)(scores + i * score_stride), 2 * score_stride,
                values + j * value_panel, value_panel, end, NULL, sums, used * 16, false);
        }
    }
    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t query = (row + i) / heads, head = group * heads + (row + i) % heads;
        float *y = call->y + (query * s->head_count + head) * width;
        for (ptrdiff_t d = 0; d < width; d++) y[d] = results[i * padded_width + d] * inverse[i];
    }
}
