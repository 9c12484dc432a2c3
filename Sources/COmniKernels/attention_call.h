// A call of attention, and what its pieces compute.
#ifndef OMNI_ATTENTION_CALL_H
#define OMNI_ATTENTION_CALL_H
#include "product.h"

enum { OMNI_ATTENTION_ROWS = 96 };

typedef struct attention_call {
    omni_attention shape;
    omni_isa isa;
    const float *queries;
    const void *keys, *values;  // floats, or bfloat16 where the shape says so
    float *y;
    // Keys as panels [G, T / 16, D, 16] and values [G, D / 16, T, 16], made once when several blocks read them; or
    // NULL.
    float *packed_keys, *packed_values;
    // The same in bfloat16 or as words, pairs of columns and pairs of keys side by side: keys
    // [G, T / 16, D / 2, 16, 2], values [G, D / 16, T / 2, 16, 2].
    uint16_t *key_pairs, *value_pairs;
    // What a unit of a word is worth, or NULL for bfloat16: of a key [G, T padded to 16], and of the values of a column
    // in OMNI_WORD_KEYS keys [G, T / OMNI_WORD_KEYS, D padded to 16].
    float *key_scales, *value_scales;
    ptrdiff_t packed_keys_stride, packed_values_stride, key_scales_stride, value_scales_stride;
    ptrdiff_t rows_per_block, blocks_per_group, packings_per_group;
} attention_call;

// Where the keys of a group start, or the values.
static inline const void *omni_group(const omni_attention *s, const void *keys, ptrdiff_t group) {
    const ptrdiff_t size = s->has_bfloat16_keys ? sizeof(uint16_t) : sizeof(float);
    return (const char *)keys + group * s->key_head_stride * size;
}

// Elements of a panel of values of so many keys.
static inline ptrdiff_t omni_value_panel(ptrdiff_t key_count) { return omni_ceiling(key_count, 16) * 16 * 16; }

// Keys that a query sees.
static inline ptrdiff_t omni_visible(const omni_attention *s, ptrdiff_t query) {
    if (!s->is_causal) return s->key_count;
    return omni_max(0, omni_min(s->key_count, query + s->causal_offset + 1));
}

// Attention in words, integers of 16 bits, whose products are summed in 32: a key or query has the largest integers
// whose dot product fits, exponentials have 15 bits and values 10, in sums over so many keys. More exact than bfloat16;
// on a Zen 5 core 1.3 to 1.6 times as fast as floats, where bfloat16 pairs are 1.6 times.
enum { OMNI_WORD_KEYS = 64, OMNI_WORD_EXPONENTIAL = 32767, OMNI_WORD_VALUE = 1023, OMNI_WORD_WIDTH = 1024 };
// With more keys a lane's exponentials might not fit their sum.
#define OMNI_WORD_KEY_LIMIT (1 << 19)

// Whether the machine has products of words that are faster than floats, and none of bfloat16; the head's width is at
// most OMNI_WORD_WIDTH, and there are at most OMNI_WORD_KEY_LIMIT keys.
static inline bool omni_attends_in_words(omni_isa isa) {
    return isa == omni_isa_avx2 || isa == omni_isa_avxvnni || (isa == omni_isa_avx512 && !omni_has_bfloat16_dot());
}
// Keys and values `key ..< end` of one group as words; `key` is a multiple of OMNI_WORD_KEYS.
void omni_pack_words(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end);
// Rows `row ..< row + row_count` of one group: a row is a query with one of the group's heads.
void omni_attend_words(const attention_call *call, ptrdiff_t group, ptrdiff_t row, ptrdiff_t row_count);
#endif
