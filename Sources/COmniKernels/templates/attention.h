#include "tile_float32.h"

// Keys `key ..< key + 16` of one group, those that exist, as a panel [D, 16].
OMNI_INLINE void OMNI_(pack_panel_of)(
    const omni_attention *s, const void *keys, ptrdiff_t key, float *panel, const bool are_bfloat16
) {
    for (ptrdiff_t d = 0; d < s->head_width; d += 16) {
        omni_f32x16 v[16];
        OMNI_UNROLL for (int i = 0; i < 16; i++)
            v[i] = key + i < s->key_count
                ? load_either(keys, (key + i) * s->key_time_stride + d, s->head_width - d, are_bfloat16) : splat16(0);
        transpose16(v);
        for (ptrdiff_t c = 0; c < omni_min(16, s->head_width - d); c++) store16(panel + (d + c) * 16, v[c]);
    }
}

static void OMNI_(pack_key_panel)(const omni_attention *s, const void *keys, ptrdiff_t key, float *panel) {
    if (s->has_bfloat16_keys) {
        OMNI_(pack_panel_of)(s, keys, key, panel, true);
    } else {
        OMNI_(pack_panel_of)(s, keys, key, panel, false);
    }
}

// Values `key ..< end` of one group as panels [D / 16, T, 16].
static void OMNI_(pack_values)(
    const omni_attention *s, const void *values, ptrdiff_t key, ptrdiff_t end, float *packed, ptrdiff_t panel_size
) {
    for (; key < end; key++)
        for (ptrdiff_t d = 0; d < s->head_width; d += 16)
            store16(
                packed + d / 16 * panel_size + key * 16,
                load_either(values, key * s->key_time_stride + d, s->head_width - d, s->has_bfloat16_keys));
}

// e to the power x, for x up to 0. Not a number stays that.
OMNI_INLINE omni_f32x16 OMNI_(exponential)(omni_f32x16 x) {
    omni_f32x16 f;
    const omni_f32x16 power = split_exp16(x, &f);
    // Minimax in relative error of 2 to the power f on ±1/2: 2e-9 before rounding.
    omni_f32x16 p = splat16(0.00015353362f);
    p = p * f + 0.00133988744f;
    p = p * f + 0.00961843736f;
    p = p * f + 0.0555033247f;
    p = p * f + 0.240226479f;
    p = p * f + 0.693147203f;
    p = p * f + 1.0f;
    return p * power;
}

// Puts e to the power x − largest in the place of the first `count` elements, zeros after them up to `end`, and returns
// the inverse of their sum: 0 for none.
static float OMNI_(exponentials)(float *x, ptrdiff_t count, ptrdiff_t end) {
    if (count <= 0) {
        memset(x, 0, (size_t)end * sizeof(float));
        return 0;
    }
    omni_f32x16 largest = splat16(-INFINITY);
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const omni_f32x16 v = load16(x + i);
        largest = v > largest ? v : largest;
    }
    float most = max16(largest);
    for (ptrdiff_t k = i; k < count; k++) most = x[k] > most ? x[k] : most;
    omni_f32x16 sum = splat16(0);
    for (i = 0; i + 16 <= count; i += 16) {
        const omni_f32x16 v = OMNI_(exponential)(load16(x + i) - most);
        store16(x + i, v);
        sum += v;
    }
    float total = sum16(sum);
    if (i < count) {
        omni_f32x16 v = OMNI_(exponential)(load_some(x + i, count - i) - most);
        store_some(x + i, v, count - i);
        for (ptrdiff_t k = i; k < count; k++) total += x[k];
    }
    memset(x + count, 0, (size_t)(end - count) * sizeof(float));
    return 1.0f / total;
}

#include "attention_row.h"

// Rows `row ..< row + row_count` of one group: a row is a query with one of the group's heads.
static void OMNI_(attend_rows)(const attention_call *call, ptrdiff_t group, ptrdiff_t row, ptrdiff_t row_count) {
    const omni_attention *s = &call->shape;
    if (row_count == 1 && !call->packed_keys) {
        if (s->has_bfloat16_keys) {
            OMNI_(attend_row)(call, group, true);
        } else {
            OMNI_(attend_row)(call, group, false);
        }
        return;
    }
    const ptrdiff_t heads = s->head_count / s->group_count, width = s->head_width;
    const ptrdiff_t padded_width = omni_ceiling(width, 16) * 16, panel_size = 16 * width;
    const ptrdiff_t end = omni_visible(s, (row + row_count - 1) / heads);
    const ptrdiff_t panel_count = omni_ceiling(end, 16), score_stride = panel_count * 16;

    // Queries scaled, scores, results, and what of keys and values is not packed yet.
    const bool packs_values = !call->packed_keys && (width % 16 != 0 || s->has_bfloat16_keys);
    const size_t row_room = omni_size_product((size_t)row_count, (size_t)(width + score_stride + padded_width));
    const size_t value_room = packs_values ? omni_size_product((size_t)score_stride, (size_t)padded_width) : 0;
    const size_t room = omni_size_sum(omni_size_sum(row_room, value_room), (size_t)(2 * panel_size + 3 * 16));
    float *q = omni_scratch(omni_scratch_piece, omni_size_product(room, sizeof(float)));
    float *scores = q + omni_ceiling(row_count * width, 16) * 16;
    float *results = scores + row_count * score_stride;
    float *panels = results + row_count * padded_width;
    float *dense_values = panels + 2 * panel_size;

    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t query = (row + i) / heads, head = group * heads + (row + i) % heads;
        const float *source = call->queries + query * s->query_time_stride + head * s->query_head_stride;
        for (ptrdiff_t d = 0; d < width; d++) q[i * width + d] = source[d] * s->scale;
    }
    const void *keys = omni_group(s, call->keys, group);
    for (ptrdiff_t j = 0, used; j < panel_count; j += used) {
        used = omni_min(OMNI_TILE_PANELS, panel_count - j);
        const float *w = panels;
        if (call->packed_keys) {
            w = call->packed_keys + group * call->packed_keys_stride + j * panel_size;
        } else {
            for (ptrdiff_t k = 0; k < used; k++)
                OMNI_(pack_key_panel)(s, keys, (j + k) * 16, panels + k * panel_size);
        }
        for (ptrdiff_t i = 0, rows; i < row_count; i += rows) {
            rows = omni_tile_rows(row_count - i, OMNI_TILE_ROWS);
            const omni_tile_sums sums = {.to = scores + i * score_stride + j * 16, .to_stride = score_stride};
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_float32, q + i * width, width, w, panel_size, 16, width, NULL, sums, used * 16,
                false);
        }
    }
    // Values as panels, each of lines: of packed ones, or where they lie.
    const float *values;
    ptrdiff_t value_panel = omni_value_panel(call->packed_keys ? s->key_count : end), value_line = 16;
    if (call->packed_keys) {
        values = call->packed_values + group * call->packed_values_stride;
    } else if (packs_values) {
        OMNI_(pack_values)(s, omni_group(s, call->values, group), 0, end, dense_values, value_panel);
        values = dense_values;
    } else {
        values = omni_group(s, call->values, group);
        value_panel = 16;
        value_line = s->key_time_stride;
    }
    float inverse[OMNI_ATTENTION_ROWS];
    for (ptrdiff_t i = 0; i < row_count; i++)
        inverse[i] = OMNI_(exponentials)(
            scores + i * score_stride, omni_visible(s, (row + i) / heads), score_stride);
    for (ptrdiff_t j = 0, used; j < padded_width / 16; j += used) {
        used = omni_min(OMNI_TILE_PANELS, padded_width / 16 - j);
        for (ptrdiff_t i = 0, rows; i < row_count; i += rows) {
            rows = omni_tile_rows(row_count - i, OMNI_TILE_ROWS);
            const omni_tile_sums sums = {.to = results + i * padded_width + j * 16, .to_stride = padded_width};
            OMNI_TILE_SWITCH(
                rows, used > 1, tile_float32, scores + i * score_stride, score_stride, values + j * value_panel,
                value_panel, value_line, end, NULL, sums, used * 16, false);
        }
    }
    for (ptrdiff_t i = 0; i < row_count; i++) {
        const ptrdiff_t query = (row + i) / heads, head = group * heads + (row + i) % heads;
        float *y = call->y + (query * s->head_count + head) * width;
        for (ptrdiff_t d = 0; d < width; d++) y[d] = results[i * padded_width + d] * inverse[i];
    }
}
