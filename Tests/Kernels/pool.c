// The pool: every piece once, callers side by side, reserved threads, and never more threads at work than asked for.
// Meant to run under a thread sanitizer as well. Returns the number of failures.
#include "COmniKernels.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { piece_count = 40, call_count = 300, caller_count = 3, reserving_count = 2 };

static atomic_int failure_count;

static void expect(bool holds, const char *what) {
    if (holds) return;
    atomic_fetch_add(&failure_count, 1);
    printf("FAIL %s\n", what);
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_milliseconds(long count) {
    nanosleep(&(struct timespec){count / 1000, count % 1000 * 1000000}, NULL);
}

// Threads inside a piece of any call, and the most there have been.
static atomic_int inside, most_inside;

typedef struct call {
    atomic_int taken[piece_count];
    volatile unsigned result[piece_count];
} call;

static void compute(void *context, ptrdiff_t piece) {
    call *c = context;
    const int now = atomic_fetch_add(&inside, 1) + 1;
    for (int most = atomic_load(&most_inside); most < now && !atomic_compare_exchange_weak(&most_inside, &most, now);) {}
    atomic_fetch_add(&c->taken[piece], 1);
    unsigned x = (unsigned)piece;
    for (int i = 0; i < 2000; i++) x = x * 1664525u + 1013904223u;
    c->result[piece] = x;
    atomic_fetch_sub(&inside, 1);
}

static void run_calls(omni_pool *pool, int count) {
    for (int n = 0; n < count; n++) {
        call c = {0};
        omni_pool_run(pool, piece_count, compute, &c);
        for (int piece = 0; piece < piece_count; piece++)
            expect(atomic_load(&c.taken[piece]) == 1, "a piece is computed once, before the call returns");
    }
}

static void *caller(void *pool) {
    run_calls(pool, call_count);
    return NULL;
}

static void *reserving_caller(void *pool) {
    for (int visit = 0; visit < call_count / 10; visit++) {
        if (omni_pool_reserve_thread(pool)) {
            run_calls(pool, 5);
            omni_pool_release_thread(pool);
        }
        run_calls(pool, 2);
    }
    return NULL;
}

// Callers take turns, and others reserve threads: together at most as many threads as the pool has.
static void check_crowd(ptrdiff_t thread_count) {
    omni_pool *pool = omni_pool_create(thread_count);
    atomic_store(&most_inside, 0);
    pthread_t threads[caller_count + reserving_count];
    for (int i = 0; i < caller_count + reserving_count; i++)
        pthread_create(&threads[i], NULL, i < caller_count ? caller : reserving_caller, pool);
    for (int i = 0; i < caller_count + reserving_count; i++) pthread_join(threads[i], NULL);
    expect(atomic_load(&most_inside) <= thread_count, "never more threads at work than asked for");
    omni_pool_destroy(pool);
}

static atomic_int waiting;

// A piece that ends when all `context` pieces have begun: each needs a thread of its own.
static void meet(void *context, ptrdiff_t piece) {
    (void)piece;
    atomic_fetch_add(&waiting, 1);
    while (atomic_load(&waiting) < *(const int *)context) sleep_milliseconds(1);
}

static void check_all_threads_work(omni_pool *pool, int thread_count) {
    atomic_store(&waiting, 0);
    omni_pool_run(pool, thread_count, meet, &thread_count);
}

typedef struct visit {
    omni_pool *pool;
    atomic_int stage;
} visit;

static void *stay(void *context) {
    visit *v = context;
    expect(omni_pool_reserve_thread(v->pool), "there is a thread to reserve");
    atomic_store(&v->stage, 1);
    while (atomic_load(&v->stage) != 2) sleep_milliseconds(1);
    omni_pool_release_thread(v->pool);
    return NULL;
}

static void check_reservations(void) {
    omni_pool *pool = omni_pool_create(3);
    check_all_threads_work(pool, 3);
    visit v = {.pool = pool};
    pthread_t thread;
    pthread_create(&thread, NULL, stay, &v);
    while (atomic_load(&v.stage) != 1) sleep_milliseconds(1);
    // A reserved thread and two: no piece of three at once could end now.
    check_all_threads_work(pool, 2);
    atomic_store(&most_inside, 0);
    run_calls(pool, call_count);
    expect(atomic_load(&most_inside) <= 2, "a reserved thread takes no pieces");
    expect(omni_pool_reserve_thread(pool) && !omni_pool_reserve_thread(pool), "a thread reserves once");
    omni_pool_release_thread(pool);
    atomic_store(&v.stage, 2);
    pthread_join(thread, NULL);
    check_all_threads_work(pool, 3);
    omni_pool_destroy(pool);
    pool = omni_pool_create(1);
    expect(!omni_pool_reserve_thread(pool) && !omni_pool_reserve_thread(NULL), "a single thread has none to reserve");
    omni_pool_destroy(pool);
}

static void *visit_shortly(void *context) {
    visit *v = context;
    atomic_store(&v->stage, 1);
    expect(omni_pool_reserve_thread(v->pool), "there is a thread to reserve");
    atomic_store(&v->stage, 2);
    omni_pool_release_thread(v->pool);
    return NULL;
}

typedef struct shift {
    atomic_int begun;
    atomic_bool over;
} shift;

static void stay_at_work(void *context, ptrdiff_t piece) {
    (void)piece;
    shift *s = context;
    atomic_fetch_add(&s->begun, 1);
    while (!atomic_load(&s->over)) sleep_milliseconds(1);
}

typedef struct labour {
    omni_pool *pool;
    shift *shift;
    int piece_count;
} labour;

static void *keep_busy(void *context) {
    const labour *l = context;
    omni_pool_run(l->pool, l->piece_count, stay_at_work, l->shift);
    return NULL;
}

// A caller that waits for a busy worker gets the thread that another caller releases.
static void check_release_to_waiting(void) {
    omni_pool *pool = omni_pool_create(4);
    expect(omni_pool_reserve_thread(pool), "there is a thread to reserve");
    shift s = {0};
    labour l = {.pool = pool, .shift = &s, .piece_count = 3};
    visit v = {.pool = pool};
    pthread_t caller, next;
    pthread_create(&caller, NULL, keep_busy, &l);
    while (atomic_load(&s.begun) < l.piece_count) sleep_milliseconds(1);
    pthread_create(&next, NULL, visit_shortly, &v);
    while (atomic_load(&v.stage) < 1) sleep_milliseconds(1);
    sleep_milliseconds(20);
    expect(atomic_load(&v.stage) == 1, "a busy worker works until its piece is done");
    omni_pool_release_thread(pool);
    for (int i = 0; i < 5000 && atomic_load(&v.stage) != 2; i++) sleep_milliseconds(1);
    expect(atomic_load(&v.stage) == 2, "a released thread goes to the caller that waits for one");
    atomic_store(&s.over, true);
    pthread_join(caller, NULL);
    pthread_join(next, NULL);
    omni_pool_destroy(pool);
}

// Counts that no machine has are refused, before anything is allocated for them.
static void check_limits(void) {
    const ptrdiff_t counts[] = {0, -1, PTRDIFF_MIN, PTRDIFF_MAX, OMNI_THREAD_LIMIT + 1};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        expect(!omni_pool_create(counts[i]), "a number of threads beyond the limit is refused");
    expect(
        omni_packed_size(omni_format_int8, PTRDIFF_MAX, PTRDIFF_MAX) == PTRDIFF_MAX
            && omni_packed_size(omni_format_float32, PTRDIFF_MAX / 64, 16) == PTRDIFF_MAX,
        "a matrix without a place in memory has the largest size");
    expect(omni_packed_size(omni_format_bfloat16, 17, 3) == 2 * 2 * 64, "small sizes are exact");
}

// With no thread to be had there is a pool of the caller alone. The limits stay with a child: at its end a sanitizer needs
// a thread of its own.
static void check_refused_threads(void) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        // The limit does not bind root.
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(0);
        const struct rlimit none = {1, 1};
        if (setrlimit(RLIMIT_NPROC, &none) != 0) _exit(0);
        omni_pool *pool = omni_pool_create(4);
        expect(pool && omni_pool_thread_count(pool) == 1, "without threads the caller computes alone");
        expect(!omni_pool_reserve_thread(pool), "a pool of one has none to reserve");
        run_calls(pool, 3);
        omni_pool_destroy(pool);
        fflush(stdout);
        _exit(atomic_load(&failure_count) != 0);
    }
    int status = 0;
    expect(child > 0 && waitpid(child, &status, 0) == child && status == 0, "a process without threads computes");
}

// 10 ms after the last call no thread uses the processor any more.
static void check_rest(void) {
    omni_pool *pool = omni_pool_create(4);
    run_calls(pool, call_count);
    sleep_milliseconds(10);
    const int64_t start = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    sleep_milliseconds(200);
    const double used = (double)(nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - start) * 1e-6;
    printf("ok   200 ms of rest used %.2f ms of the processor\n", used);
    expect(used < 4, "an idle pool sleeps");
    check_all_threads_work(pool, 4);
    omni_pool_destroy(pool);
}

int main(void) {
    // Threads that wait for one another for ever are a failure as well.
    alarm(240);
    for (ptrdiff_t thread_count = 2; thread_count <= 4; thread_count++) check_crowd(thread_count);
    check_reservations();
    check_release_to_waiting();
    check_rest();
    check_limits();
    check_refused_threads();
    printf("%d failures in the pool\n", atomic_load(&failure_count));
    return atomic_load(&failure_count) != 0;
}
