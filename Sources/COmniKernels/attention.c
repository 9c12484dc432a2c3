// Softmax attention, a block of queries at a time, so that its scores stay in cache and memory does not grow with their
// square. All heads that share a group of keys are rows of one product: keys are never expanded.
#include "attention_call.h"
#include "tiles.h"

enum {
    near_scores = 96 << 10,
    least_shared = 1 << 17,
    keys_per_packing = 256,
};

#define OMNI_TILE_LIMIT OMNI_TILE_ROWS
#define OMNI_TEMPLATE "templates/attention.h"
#include "each_isa.h"

#undef OMNI_TEMPLATE
#define OMNI_TEMPLATE "templates/attention_pairs.h"
#define OMNI_ACTIVATION uint16_t
#define OMNI_PAIRS 1
#include "isa_avx512bf16.h"

#include "isa_neonbf16.h"

static void pack_piece(void *context, ptrdiff_t piece) {
    const attention_call *call = context;
    const omni_attention *s = &call->shape;
    const ptrdiff_t group = piece / call->packings_per_group;
    const ptrdiff_t key = piece % call->packings_per_group * keys_per_packing;
    const ptrdiff_t end = omni_min(s->key_count, key + keys_per_packing);
#if defined(__x86_64__)
    if (call->key_scales) {
        omni_pack_words(call, group, key, end);
        return;
    }
#endif
#if OMNI_HAS_PAIRS
    if (call->key_pairs) {
        pack_key_pairs_pairs(call, group, key, end);
        pack_value_pairs_pairs(call, group, key, end);
        return;
    }
#endif
    for (ptrdiff_t k = key; k < end; k += 16)
        OMNI_PICK(call->isa, pack_key_panel)(
            s, omni_group(s, call->keys, group), k,
            call->packed_keys + group * call->packed_keys_stride + k * s->head_width);
    OMNI_PICK(call->isa, pack_values)(
        s, omni_group(s, call->values, group), key, end,
        call->packed_values + group * call->packed_values_stride, omni_value_panel(s->key_count));
}

static void attend_piece(void *context, ptrdiff_t piece) {
    const attention_call *call = context;
    const omni_attention *s = &call->shape;
    const ptrdiff_t row_count = s->query_count * (s->head_count / s->group_count);
    // The last block of a causal call is the longest: it goes first.
    const ptrdiff_t block = call->blocks_per_group - 1 - piece / s->group_count;
    const ptrdiff_t row = block * call->rows_per_block, count = omni_min(call->rows_per_block, row_count - row);
#if defined(__x86_64__)
    if (call->key_scales) {
        omni_attend_words(call, piece % s->group_count, row, count);
        return;
    }
#endif
#if OMNI_HAS_PAIRS
    if (call->key_pairs) {
        attend_rows_pairs(call, piece % s->group_count, row, count);
        return;
    }
#endif
    OMNI_PICK(call->isa, attend_rows)(call, piece % s->group_count, row, count);
}

void omni_attend(
    omni_pool *pool, omni_isa isa, const omni_attention *shape, const float *queries, const void *keys,
    const void *values, float *y
) {
    const ptrdiff_t row_count = shape->query_count * (shape->head_count / shape->group_count);
    if (row_count == 0) return;
    attention_call call = {.shape = *shape, .isa = isa, .queries = queries, .keys = keys, .values = values, .y = y};
    const ptrdiff_t padded_keys = omni_max(1, omni_ceiling(shape->key_count, 16)) * 16;
    const ptrdiff_t near_rows = omni_min(OMNI_ATTENTION_ROWS, omni_max(12, near_scores / padded_keys / 12 * 12));
    call.blocks_per_group = omni_ceiling(row_count, near_rows);
    call.rows_per_block = omni_ceiling(omni_ceiling(row_count, call.blocks_per_group), 12) * 12;
    call.blocks_per_group = omni_ceiling(row_count, call.rows_per_block);
    const ptrdiff_t work = 2 * row_count * shape->group_count * shape->key_count * shape->head_width;
    if (work < least_shared) pool = NULL;
    if (call.blocks_per_group > 1) {
        call.packings_per_group = omni_ceiling(shape->key_count, keys_per_packing);
        call.packed_keys_stride = padded_keys * shape->head_width;
        call.packed_values_stride = padded_keys * (omni_ceiling(shape->head_width, 16) * 16);
        const bool in_words =
            shape->rounds && omni_attends_in_words(isa) && shape->head_width <= OMNI_WORD_WIDTH &&
            shape->key_count <= OMNI_WORD_KEY_LIMIT;
        const bool in_pairs = in_words || (shape->rounds && omni_takes_pairs(isa));
        if (in_pairs) call.packed_keys_stride = padded_keys * (omni_ceiling(shape->head_width, 2) * 2);
        if (in_words) {
            call.key_scales_stride = padded_keys;
            call.value_scales_stride =
                omni_ceiling(padded_keys, OMNI_WORD_KEYS) * (omni_ceiling(shape->head_width, 16) * 16);
        }
        const size_t group_size = omni_size_sum(
            omni_size_product(
                omni_size_sum((size_t)call.packed_keys_stride, (size_t)call.packed_values_stride),
                in_pairs ? sizeof(uint16_t) : sizeof(float)),
            omni_size_product((size_t)(call.key_scales_stride + call.value_scales_stride), sizeof(float)));
        void *packed = omni_scratch(omni_scratch_call, omni_size_product((size_t)shape->group_count, group_size));
        if (in_pairs) {
            call.key_pairs = packed;
            call.value_pairs = call.key_pairs + shape->group_count * call.packed_keys_stride;
        } else {
            call.packed_keys = packed;
            call.packed_values = call.packed_keys + shape->group_count * call.packed_keys_stride;
        }
        if (in_words) {
            call.key_scales = (float *)(call.value_pairs + shape->group_count * call.packed_values_stride);
            call.value_scales = call.key_scales + shape->group_count * call.key_scales_stride;
        }
        omni_pool_run(pool, shape->group_count * call.packings_per_group, pack_piece, &call);
    }
    omni_pool_run(pool, shape->group_count * call.blocks_per_group, attend_piece, &call);
}
