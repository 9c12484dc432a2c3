// Working memory of a thread: grown when a call needs more, freed when the thread ends.
#include "support.h"
#include "COmniSystem.h"
#include <pthread.h>
#include <stdlib.h>

typedef struct scratch {
    void *base[omni_scratch_slot_count];
    size_t size[omni_scratch_slot_count];
} scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void release(void *value) {
    scratch *s = value;
    for (int slot = 0; slot < omni_scratch_slot_count; slot++) free(s->base[slot]);
    free(s);
}

static void make_key(void) {
    if (pthread_key_create(&key, release) != 0) omni_out_of_memory(sizeof(scratch));
}

void *omni_scratch(omni_scratch_slot slot, size_t size) {
    pthread_once(&once, make_key);
    scratch *s = pthread_getspecific(key);
    if (!s) {
        s = calloc(1, sizeof *s);
        if (!s || pthread_setspecific(key, s) != 0) omni_out_of_memory(sizeof *s);
    }
    if (s->size[slot] < size) {
        free(s->base[slot]);
        s->base[slot] = NULL;
        s->size[slot] = 0;
        // Rounded up, so that a cache that grows step by step does not ask anew at each.
        const size_t wanted = omni_size_sum(size, size / 2);
        const size_t rounded = wanted > omni_size_limit - 4095 ? wanted : (wanted + 4095) / 4096 * 4096;
        if (posix_memalign(&s->base[slot], 64, rounded) != 0) omni_out_of_memory(rounded);
        s->size[slot] = rounded;
    }
    return s->base[slot];
}
