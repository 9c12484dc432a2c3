// A pool that spins, then sleeps.
//
// A job is a number of pieces, taken from one counter. The caller opens the job, works on it like everybody else,
// closes it when no piece is left, and waits only for those workers that are inside: one that wakes late finds the job
// closed and costs nothing. `joined` and `epoch` are sequentially consistent: a worker that counts itself in and then
// still finds the job open is seen by the caller, which closes first and then looks who is in.
#define _GNU_SOURCE
#include "support.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { spin_nanoseconds = 500000, waits_per_look = 64 };

struct omni_pool {
    ptrdiff_t thread_count;
    // Callers take turns by tickets, so that nobody starves.
    pthread_mutex_t gate;
    pthread_cond_t turn;
    uint64_t next_ticket, served_ticket;
    // Where threads sleep.
    pthread_mutex_t lot;
    pthread_cond_t opened, left;
    // Each written often by one side and watched by the other: a line for each.
    _Alignas(64) atomic_uint epoch;  // odd while a job is open
    _Alignas(64) atomic_int joined;
    _Alignas(64) atomic_ptrdiff_t next_piece;
    _Alignas(64) atomic_int sleeping;
    atomic_bool caller_sleeps, stopping;
    void (*body)(void *context, ptrdiff_t piece);
    void *context;
    ptrdiff_t piece_count;
    pthread_t threads[];
};

static inline void wait_a_little(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void take_pieces(omni_pool *pool) {
    for (;;) {
        const ptrdiff_t piece = atomic_fetch_add_explicit(&pool->next_piece, 1, memory_order_relaxed);
        if (piece >= pool->piece_count) return;
        pool->body(pool->context, piece);
    }
}

// Waits for an epoch other than `seen`: spinning, then asleep.
static unsigned next_epoch(omni_pool *pool, unsigned seen) {
    unsigned epoch;
    const int64_t deadline = now() + spin_nanoseconds;
    do {
        for (int i = 0; i < waits_per_look; i++) {
            if ((epoch = atomic_load_explicit(&pool->epoch, memory_order_acquire)) != seen) return epoch;
            wait_a_little();
        }
    } while (now() < deadline);
    pthread_mutex_lock(&pool->lot);
    atomic_fetch_add(&pool->sleeping, 1);
    while ((epoch = atomic_load(&pool->epoch)) == seen) pthread_cond_wait(&pool->opened, &pool->lot);
    atomic_fetch_sub(&pool->sleeping, 1);
    pthread_mutex_unlock(&pool->lot);
    return epoch;
}

static void *work(void *argument) {
    omni_pool *pool = argument;
    unsigned epoch = 0;
    for (;;) {
        epoch = next_epoch(pool, epoch);
        if (atomic_load(&pool->stopping)) return NULL;
        if (epoch % 2 == 0) continue;
        atomic_fetch_add(&pool->joined, 1);
        if (atomic_load(&pool->epoch) == epoch) take_pieces(pool);
        if (atomic_fetch_sub(&pool->joined, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
            pthread_mutex_lock(&pool->lot);
            pthread_cond_signal(&pool->left);
            pthread_mutex_unlock(&pool->lot);
        }
    }
}

static void wait_until_alone(omni_pool *pool) {
    const int64_t deadline = now() + spin_nanoseconds;
    do {
        for (int i = 0; i < waits_per_look; i++) {
            if (atomic_load_explicit(&pool->joined, memory_order_acquire) == 0) return;
            wait_a_little();
        }
    } while (now() < deadline);
    pthread_mutex_lock(&pool->lot);
    atomic_store(&pool->caller_sleeps, true);
    while (atomic_load(&pool->joined) != 0) pthread_cond_wait(&pool->left, &pool->lot);
    atomic_store(&pool->caller_sleeps, false);
    pthread_mutex_unlock(&pool->lot);
}

static void wake(omni_pool *pool) {
    if (atomic_load(&pool->sleeping) == 0) return;
    pthread_mutex_lock(&pool->lot);
    pthread_cond_broadcast(&pool->opened);
    pthread_mutex_unlock(&pool->lot);
}

void omni_pool_run(
    omni_pool *pool, ptrdiff_t piece_count, void (*body)(void *context, ptrdiff_t piece), void *context
) {
    if (!pool || pool->thread_count == 1 || piece_count <= 1) {
        for (ptrdiff_t piece = 0; piece < piece_count; piece++) body(context, piece);
        return;
    }
    pthread_mutex_lock(&pool->gate);
    const uint64_t ticket = pool->next_ticket++;
    while (pool->served_ticket != ticket) pthread_cond_wait(&pool->turn, &pool->gate);
    pthread_mutex_unlock(&pool->gate);

    pool->body = body;
    pool->context = context;
    pool->piece_count = piece_count;
    atomic_store_explicit(&pool->next_piece, 0, memory_order_relaxed);
    atomic_fetch_add(&pool->epoch, 1);
    wake(pool);
    take_pieces(pool);
    atomic_fetch_add(&pool->epoch, 1);
    wait_until_alone(pool);

    pthread_mutex_lock(&pool->gate);
    pool->served_ticket++;
    if (pool->served_ticket != pool->next_ticket) pthread_cond_broadcast(&pool->turn);
    pthread_mutex_unlock(&pool->gate);
}

ptrdiff_t omni_pool_thread_count(const omni_pool *pool) { return pool ? pool->thread_count : 1; }

omni_pool *omni_pool_create(ptrdiff_t thread_count) {
    omni_pool *pool = NULL;
    const size_t size = sizeof *pool + (size_t)(thread_count - 1) * sizeof(pthread_t);
    if (posix_memalign((void **)&pool, 64, (size + 63) / 64 * 64) != 0) return NULL;
    *pool = (omni_pool){.thread_count = 1};
    pthread_mutex_init(&pool->gate, NULL);
    pthread_cond_init(&pool->turn, NULL);
    pthread_mutex_init(&pool->lot, NULL);
    pthread_cond_init(&pool->opened, NULL);
    pthread_cond_init(&pool->left, NULL);
    for (; pool->thread_count < thread_count; pool->thread_count++) {
        if (pthread_create(&pool->threads[pool->thread_count - 1], NULL, work, pool) != 0) {
            omni_pool_destroy(pool);
            return NULL;
        }
    }
    return pool;
}

void omni_pool_destroy(omni_pool *pool) {
    atomic_store(&pool->stopping, true);
    atomic_fetch_add(&pool->epoch, 2);
    wake(pool);
    for (ptrdiff_t i = 0; i < pool->thread_count - 1; i++) pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->left);
    pthread_cond_destroy(&pool->opened);
    pthread_mutex_destroy(&pool->lot);
    pthread_cond_destroy(&pool->turn);
    pthread_mutex_destroy(&pool->gate);
    free(pool);
}
