// Attention in words: see attention_call.h.
#include "attention_call.h"
#include "tiles.h"
#define OMNI_TILE_LIMIT OMNI_TILE_ROWS
#define OMNI_TEMPLATE "templates/attention_words.h"
#include "levels.h"

#include "level_avxvnni.h"

#if defined(__x86_64__)
void omni_pack_words(const attention_call *call, ptrdiff_t group, ptrdiff_t key, ptrdiff_t end) {
    if (call->isa == omni_isa_avx512) {
        pack_words_avx512(call, group, key, end);
    } else {
        pack_words_avx2(call, group, key, end);
    }
}

void omni_attend_words(const attention_call *call, ptrdiff_t group, ptrdiff_t row, ptrdiff_t row_count) {
    if (call->isa == omni_isa_avx512) {
        attend_words_avx512(call, group, row, row_count);
    } else if (call->isa == omni_isa_avxvnni) {
        attend_words_avxvnni(call, group, row, row_count);
    } else {
        attend_words_avx2(call, group, row, row_count);
    }
}
#endif
