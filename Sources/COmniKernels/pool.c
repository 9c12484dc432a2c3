// A thread pool whose workers spin, then sleep, and one of whose threads a caller can reserve for itself.
//
// A job is a number of pieces, taken from one counter. The caller opens the job, works on it like the workers, closes
// it when no piece remains, and waits only for those workers that are inside: one that wakes late finds the job closed
// and costs nothing. `working_count` and `epoch` are sequentially consistent: a worker that counts itself in and then
// still finds the job open is seen by the caller, which closes first and then looks who is in.
//
// Threads are not pinned to cores. Two threads on two cores, the products of a step in int8, the ways taking turns in
// one run: 14.3 ms with none pinned, 14.5 with the worker pinned, 13.1 with the caller pinned as well. But the caller's
// thread is not the pool's, and what is pinned cannot get out of the way of another pool or process.
#define _GNU_SOURCE
#include "support.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { spin_nanoseconds = 500000, waits_per_look = 64, stack_size = 2 << 20 };

struct omni_pool {
    ptrdiff_t thread_count;
    // Callers take turns by tickets, in the order of their calls.
    pthread_mutex_t turn_mutex;
    pthread_cond_t turn_changed;
    uint64_t next_ticket, served_ticket;
    // What threads sleep on.
    pthread_mutex_t mutex;
    pthread_cond_t job_opened, job_left;
    // Reserving: a worker whose thread is reserved parks until it is released; `parked_count` counts those that do.
    pthread_cond_t thread_released, worker_parked;
    int parked_count;
    // Each written often by one side and watched by the other: a line for each.
    _Alignas(64) atomic_uint epoch;  // odd while a job is open
    _Alignas(64) atomic_int working_count;
    _Alignas(64) atomic_ptrdiff_t next_piece;
    _Alignas(64) atomic_int sleeping;
    atomic_ptrdiff_t enabled_count;  // written with `mutex` locked
    atomic_bool caller_sleeps, stopping;
    void (*body)(void *context, ptrdiff_t piece);
    void *context;
    ptrdiff_t piece_count;
    struct worker {
        omni_pool *pool;
        ptrdiff_t index;
        pthread_t thread;
    } workers[];
};

// The pool that this thread has reserved a thread of.
static _Thread_local omni_pool *reserved_in;

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

static bool is_enabled(omni_pool *pool, ptrdiff_t index) {
    return index < atomic_load_explicit(&pool->enabled_count, memory_order_relaxed);
}

// The caller's index is −1, which is always enabled.
static void take_pieces(omni_pool *pool, ptrdiff_t index) {
    while (is_enabled(pool, index)) {
        const ptrdiff_t piece = atomic_fetch_add_explicit(&pool->next_piece, 1, memory_order_relaxed);
        if (piece >= pool->piece_count) return;
        pool->body(pool->context, piece);
    }
}

// Sleeps until the epoch is not `seen` and the worker is enabled.
static unsigned sleep_until(omni_pool *pool, unsigned seen, ptrdiff_t index) {
    unsigned epoch;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        if (!is_enabled(pool, index)) {
            pool->parked_count++;
            pthread_cond_broadcast(&pool->worker_parked);
            while (!is_enabled(pool, index)) pthread_cond_wait(&pool->thread_released, &pool->mutex);
            pool->parked_count--;
        }
        atomic_fetch_add(&pool->sleeping, 1);
        while ((epoch = atomic_load(&pool->epoch)) == seen && is_enabled(pool, index))
            pthread_cond_wait(&pool->job_opened, &pool->mutex);
        atomic_fetch_sub(&pool->sleeping, 1);
        if (is_enabled(pool, index)) break;
    }
    pthread_mutex_unlock(&pool->mutex);
    return epoch;
}

// Waits for an epoch other than `seen`: spinning, then asleep.
static unsigned next_epoch(omni_pool *pool, unsigned seen, ptrdiff_t index) {
    const int64_t deadline = now() + spin_nanoseconds;
    do {
        for (int i = 0; i < waits_per_look; i++) {
            if (!is_enabled(pool, index)) return sleep_until(pool, seen, index);
            const unsigned epoch = atomic_load_explicit(&pool->epoch, memory_order_acquire);
            if (epoch != seen) return epoch;
            wait_a_little();
        }
    } while (now() < deadline);
    return sleep_until(pool, seen, index);
}

static void *work(void *argument) {
    const struct worker *worker = argument;
    omni_pool *pool = worker->pool;
    unsigned epoch = 0;
    for (;;) {
        epoch = next_epoch(pool, epoch, worker->index);
        if (atomic_load(&pool->stopping)) return NULL;
        if (epoch % 2 == 0) continue;
        atomic_fetch_add(&pool->working_count, 1);
        if (atomic_load(&pool->epoch) == epoch) take_pieces(pool, worker->index);
        // A worker whose thread was reserved meanwhile may come back to the same job.
        if (!is_enabled(pool, worker->index)) epoch--;
        if (atomic_fetch_sub(&pool->working_count, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->job_left);
            pthread_mutex_unlock(&pool->mutex);
        }
    }
}

static void wait_until_alone(omni_pool *pool) {
    const int64_t deadline = now() + spin_nanoseconds;
    do {
        for (int i = 0; i < waits_per_look; i++) {
            // Not merely an acquire: that could be answered before the closing above is seen by a worker on its way in.
            if (atomic_load(&pool->working_count) == 0) return;
            wait_a_little();
        }
    } while (now() < deadline);
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->caller_sleeps, true);
    while (atomic_load(&pool->working_count) != 0) pthread_cond_wait(&pool->job_left, &pool->mutex);
    atomic_store(&pool->caller_sleeps, false);
    pthread_mutex_unlock(&pool->mutex);
}

static void wake(omni_pool *pool) {
    if (atomic_load(&pool->sleeping) == 0) return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->job_opened);
    pthread_mutex_unlock(&pool->mutex);
}

void omni_pool_run(
    omni_pool *pool, ptrdiff_t piece_count, void (*body)(void *context, ptrdiff_t piece), void *context
) {
    if (!pool || pool->thread_count == 1 || piece_count <= 1 || reserved_in == pool) {
        for (ptrdiff_t piece = 0; piece < piece_count; piece++) body(context, piece);
        return;
    }
    pthread_mutex_lock(&pool->turn_mutex);
    const uint64_t ticket = pool->next_ticket++;
    while (pool->served_ticket != ticket) pthread_cond_wait(&pool->turn_changed, &pool->turn_mutex);
    pthread_mutex_unlock(&pool->turn_mutex);

    pool->body = body;
    pool->context = context;
    pool->piece_count = piece_count;
    atomic_store_explicit(&pool->next_piece, 0, memory_order_relaxed);
    atomic_fetch_add(&pool->epoch, 1);
    wake(pool);
    take_pieces(pool, -1);
    atomic_fetch_add(&pool->epoch, 1);
    wait_until_alone(pool);

    pthread_mutex_lock(&pool->turn_mutex);
    pool->served_ticket++;
    if (pool->served_ticket != pool->next_ticket) pthread_cond_broadcast(&pool->turn_changed);
    pthread_mutex_unlock(&pool->turn_mutex);
}

bool omni_pool_reserve_thread(omni_pool *pool) {
    if (!pool || reserved_in) return false;
    pthread_mutex_lock(&pool->mutex);
    const ptrdiff_t enabled_count = atomic_load(&pool->enabled_count) - 1;
    const bool has_room = enabled_count >= 0;
    if (has_room) {
        reserved_in = pool;
        atomic_store(&pool->enabled_count, enabled_count);
        pthread_cond_broadcast(&pool->job_opened);
        const ptrdiff_t worker_count = pool->thread_count - 1;
        while (pool->parked_count < worker_count - atomic_load(&pool->enabled_count))
            pthread_cond_wait(&pool->worker_parked, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return has_room;
}

void omni_pool_release_thread(omni_pool *pool) {
    reserved_in = NULL;
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->enabled_count, 1);
    pthread_cond_broadcast(&pool->thread_released);
    // A caller that waits for a busy worker to park may have this thread instead.
    pthread_cond_broadcast(&pool->worker_parked);
    pthread_mutex_unlock(&pool->mutex);
}

ptrdiff_t omni_pool_thread_count(const omni_pool *pool) {
    return pool && pool != reserved_in ? pool->thread_count : 1;
}

static bool start(struct worker *worker) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    // The default is the main thread's, which many threads would take from a limited address space for nothing.
    pthread_attr_setstacksize(&attributes, stack_size);
    const bool has_started = pthread_create(&worker->thread, &attributes, work, worker) == 0;
    pthread_attr_destroy(&attributes);
    return has_started;
}

omni_pool *omni_pool_create(ptrdiff_t thread_count) {
    if (thread_count < 1 || thread_count > OMNI_THREAD_LIMIT) return NULL;
    omni_pool *pool = NULL;
    const size_t size = omni_size_sum(sizeof *pool, omni_size_product((size_t)thread_count - 1, sizeof(struct worker)));
    if (posix_memalign((void **)&pool, 64, (size + 63) / 64 * 64) != 0) return NULL;
    *pool = (omni_pool){.thread_count = 1, .enabled_count = thread_count - 1};
    pthread_mutex_init(&pool->turn_mutex, NULL);
    pthread_cond_init(&pool->turn_changed, NULL);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->job_opened, NULL);
    pthread_cond_init(&pool->job_left, NULL);
    pthread_cond_init(&pool->thread_released, NULL);
    pthread_cond_init(&pool->worker_parked, NULL);
    for (; pool->thread_count < thread_count; pool->thread_count++) {
        struct worker *worker = &pool->workers[pool->thread_count - 1];
        *worker = (struct worker){.pool = pool, .index = pool->thread_count - 1};
        if (!start(worker)) break;
    }
    // No call is under way: workers only look whether they are enabled, and all that run are.
    atomic_store(&pool->enabled_count, pool->thread_count - 1);
    return pool;
}

void omni_pool_destroy(omni_pool *pool) {
    atomic_store(&pool->stopping, true);
    atomic_fetch_add(&pool->epoch, 2);
    wake(pool);
    for (ptrdiff_t i = 0; i < pool->thread_count - 1; i++) pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->worker_parked);
    pthread_cond_destroy(&pool->thread_released);
    pthread_cond_destroy(&pool->job_left);
    pthread_cond_destroy(&pool->job_opened);
    pthread_mutex_destroy(&pool->mutex);
    pthread_cond_destroy(&pool->turn_changed);
    pthread_mutex_destroy(&pool->turn_mutex);
    free(pool);
}
