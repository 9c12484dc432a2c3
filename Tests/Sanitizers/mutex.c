// What the thread sanitizer must be told about Synchronization.Mutex on Linux.
//
// The compiler puts the quick ways to lock and unlock into the caller, where the sanitizer sees their atomics. The slow
// ones, for a mutex that is contended, lie in the library, which is not instrumented: a lock that is taken or handed
// over there looks like none, and whatever it protects like a race. Loaded before the library, this stands in for them
// and says what they do. It hides nothing else.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex

// Weak, because programs without the sanitizer, such as `swift test` itself, are started with this as well.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

SWIFT void lock_slowly(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock_slowly(SELF) __asm__(TRY_LOCK);
SWIFT void unlock_slowly(SELF) __asm__(UNLOCK);

static void *original(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) __builtin_trap();
    return function;
}

SWIFT void lock_slowly(uint32_t thread, SELF) {
    SWIFT void (*const lock)(uint32_t, SELF) = original(LOCK);
    lock(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool try_lock_slowly(SELF) {
    SWIFT bool (*const lock)(SELF) = original(TRY_LOCK);
    const bool is_locked = lock(mutex);
    if (is_locked && __tsan_acquire) __tsan_acquire(mutex);
    return is_locked;
}

SWIFT void unlock_slowly(SELF) {
    SWIFT void (*const unlock)(SELF) = original(UNLOCK);
    if (__tsan_release) __tsan_release(mutex);
    unlock(mutex);
}
