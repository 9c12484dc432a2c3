// Threads that the system may refuse: it says so at once, and the caller hears of it.
#define _GNU_SOURCE
#include "COmniSystem.h"
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct start {
    void (*body)(void *context);
    void *context;
    char name[16];
} start;

static void *run(void *argument) {
    const start s = *(start *)argument;
    free(argument);
#if defined(__APPLE__)
    pthread_setname_np(s.name);
#elif defined(__linux__)
    pthread_setname_np(pthread_self(), s.name);
#endif
    s.body(s.context);
    return NULL;
}

int omni_thread_start(const char *name, size_t stack_size, void (*body)(void *context), void *context) {
    start *s = calloc(1, sizeof *s);
    if (!s) return ENOMEM;
    s->body = body;
    s->context = context;
    strncpy(s->name, name, sizeof s->name - 1);
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error == 0) {
        pthread_t thread;
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        error = pthread_attr_setstacksize(&attributes, stack_size);
        if (error == 0) error = pthread_create(&thread, &attributes, run, s);
        pthread_attr_destroy(&attributes);
    }
    if (error != 0) free(s);
    return error;
}

size_t omni_thread_current(void) { return (size_t)(uintptr_t)pthread_self(); }

// ---- Room -----------------------------------------------------------------------------------------------------------

static void *wait_at(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

// Stacks as large as those of most threads: what is counted must also fit where address space is limited.
enum { most_counted = 256, usual_stack = 8 << 20 };

size_t omni_thread_room(size_t limit) {
    pthread_t threads[most_counted];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_attr_t attributes;
    if (limit > most_counted) limit = most_counted;
    if (pthread_attr_init(&attributes) != 0) return 0;
    pthread_attr_setstacksize(&attributes, usual_stack);
    size_t count = 0;
    pthread_mutex_lock(&gate);
    while (count < limit && pthread_create(&threads[count], &attributes, wait_at, &gate) == 0) count++;
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < count; i++) pthread_join(threads[i], NULL);
    pthread_attr_destroy(&attributes);
    pthread_mutex_destroy(&gate);
    return count;
}
