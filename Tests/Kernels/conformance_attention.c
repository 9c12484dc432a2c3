// Attention on every instruction set against plain loops in double precision.
#include "conformance.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_attention(omni_pool *pool, omni_isa isa, const omni_attention *s) {
    const ptrdiff_t heads = s->head_count, groups = s->group_count, width = s->head_width;
    float *q = floats(s->query_count * heads * width, 2), *k = floats(groups * s->key_head_stride, 2);
    float *v = floats(groups * s->key_head_stride, 1), *y = floats(s->query_count * heads * width, 1);
    double *expected = calloc((size_t)(s->query_count * heads * width), sizeof *expected);
    double *scores = calloc((size_t)s->key_count, sizeof *scores);
    for (ptrdiff_t t = 0; t < s->query_count; t++) {
        for (ptrdiff_t h = 0; h < heads; h++) {
            const float *keys = k + h / (heads / groups) * s->key_head_stride, *values = v + (keys - k);
            ptrdiff_t visible = s->is_causal ? t + s->causal_offset + 1 : s->key_count;
            if (visible > s->key_count) visible = s->key_count;
            double total = 0;
            for (ptrdiff_t i = 0; i < visible; i++) {
                double dot = 0;
                for (ptrdiff_t d = 0; d < width; d++)
                    dot += (double)q[t * s->query_time_stride + h * s->query_head_stride + d]
                        * keys[i * s->key_time_stride + d];
                total += scores[i] = exp(dot * s->scale);
            }
            for (ptrdiff_t i = 0; i < visible; i++)
                for (ptrdiff_t d = 0; d < width; d++)
                    expected[(t * heads + h) * width + d] += scores[i] / total * values[i * s->key_time_stride + d];
        }
    }
    omni_attend(pool, isa, s, q, k, v, y);
    // Rounded to bfloat16, every operand is off by 2⁻⁸ of itself at most; in sums of noise such errors average out.
    check(
        s->rounds ? "rounded attention" : "attention", isa, y, expected, s->query_count * heads * width,
        s->rounds ? 0.01 : 2e-6);
    free(q), free(k), free(v), free(y), free(expected), free(scores);
}

// Keys and values in bfloat16 give the bits that the same numbers give as floats.
static void check_bfloat16_keys(omni_pool *pool, omni_isa isa, const omni_attention *s) {
    const ptrdiff_t count = s->group_count * s->key_head_stride, size = s->query_count * s->head_count * s->head_width;
    float *q = floats(size, 2), *wide[2] = {floats(count, 2), floats(count, 1)};
    float *y[2] = {floats(size, 1), floats(size, 1)};
    uint16_t *narrow[2];
    for (int part = 0; part < 2; part++) {
        narrow[part] = malloc((size_t)count * sizeof **narrow);
        for (ptrdiff_t i = 0; i < count; i++) {
            uint32_t bits;
            memcpy(&bits, wide[part] + i, sizeof bits);
            bits &= 0xffff0000u;
            memcpy(wide[part] + i, &bits, sizeof bits);
            narrow[part][i] = (uint16_t)(bits >> 16);
        }
    }
    omni_attention shape = *s;
    omni_attend(pool, isa, &shape, q, wide[0], wide[1], y[0]);
    shape.has_bfloat16_keys = true;
    omni_attend(pool, isa, &shape, q, narrow[0], narrow[1], y[1]);
    const int is_right = memcmp(y[0], y[1], (size_t)size * sizeof **y) == 0;
    if (!is_right) failure_count++;
    printf("%s isa %d attention to %td keys in bfloat16\n", is_right ? "ok  " : "FAIL", isa, s->key_count);
    for (int part = 0; part < 2; part++) free(wide[part]), free(narrow[part]), free(y[part]);
    free(q);
}

// What is not finite in a query, a key or a value shows in all that depends on it, and in nothing else.
static void check_attention_not_finite(omni_pool *pool, omni_isa isa, bool rounds) {
    enum { times = 200, heads = 2, width = 48, row = heads * width, count = times * row };
    float *parts[3], *y = floats(count, 1);
    for (int part = 0; part < 3; part++) {
        for (int i = 0; i < 3; i++) parts[i] = floats(count, 1);
        parts[part][100 * row + width + 5] = part == 1 ? NAN : INFINITY;
        const omni_attention s = {
            times, times, heads, heads, width, 0.14f, false, 0, rounds, row, width, row, width, false};
        omni_attend(pool, isa, &s, parts[0], parts[1], parts[2], y);
        int found[heads] = {0, 0};
        for (int i = 0; i < count; i++) found[i / width % heads] += !isfinite(y[i]);
        const int expected = part == 0 ? width : part == 1 ? times * width : times;
        const int is_right = found[0] == 0 && found[1] == expected;
        if (!is_right) failure_count++;
        printf("%s isa %d not finite in attention, %d\n", is_right ? "ok  " : "FAIL", isa, found[1]);
        for (int i = 0; i < 3; i++) free(parts[i]);
    }
    free(y);
}

void check_attentions(omni_pool *pool, omni_isa isa) {
    static const omni_attention shapes[] = {
        {1, 77, 14, 2, 64, 0.125f, true, 76, false, 896, 64, 64, 64 * 80, false},
        {150, 150, 2, 2, 33, 0.2f, false, 0, false, 66, 33, 33, 33 * 150, false},
        {40, 70, 6, 3, 32, 0.2f, true, 20, false, 192, 32, 32, 32 * 70, false},
        {3, 7, 2, 2, 8, 0.3f, true, -2, false, 16, 8, 8, 56, false},
        // A single row of each group.
        {1, 53, 3, 3, 64, 0.2f, false, 0, false, 192, 64, 64, 64 * 53, false},
        {1, 48, 2, 2, 80, 0.2f, true, 40, true, 160, 80, 80, 80 * 48, false},
        {1, 17, 2, 2, 33, 0.2f, false, 0, false, 66, 33, 33, 33 * 17, false},
        {1, 5, 2, 2, 48, 0.2f, true, -1, false, 96, 48, 48, 48 * 5, false},
        // Many rows, rounded.
        {150, 150, 2, 2, 33, 0.2f, false, 0, true, 66, 33, 33, 33 * 150, false},
        {131, 151, 6, 3, 48, 0.2f, true, 20, true, 288, 48, 48, 48 * 151, false},
    };
    static const omni_attention narrow[] = {
        {1, 77, 2, 2, 64, 0.125f, false, 0, true, 128, 64, 64, 64 * 77, false},
        {1, 40, 2, 2, 33, 0.2f, false, 0, true, 66, 33, 33, 33 * 40, false},
        {5, 70, 2, 2, 64, 0.2f, false, 0, true, 128, 64, 64, 64 * 70, false},
        {3, 53, 4, 2, 40, 0.2f, true, 50, true, 160, 40, 40, 40 * 53, false},
        {150, 300, 2, 2, 48, 0.2f, false, 0, true, 96, 48, 48, 48 * 300, false},
        {150, 99, 2, 2, 33, 0.2f, false, 0, false, 66, 33, 33, 33 * 99, false},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) check_attention(pool, isa, &shapes[i]);
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) check_bfloat16_keys(pool, isa, &narrow[i]);
    check_attention_not_finite(pool, isa, false);
    check_attention_not_finite(pool, isa, true);
}
