// The program's own `pthread_create` is found before the system's, also by shared libraries.
#define _GNU_SOURCE
#include "CRefusedThreads.h"

#if defined(__linux__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

static _Thread_local bool refuses_threads;

typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    if (refuses_threads) return EAGAIN;
    create *system_create;
    *(void **)&system_create = dlsym(RTLD_NEXT, "pthread_create");
    return system_create ? system_create(thread, attributes, body, argument) : EAGAIN;
}

bool refused_threads_are_available(void) { return true; }
void refuse_threads(bool refuses) { refuses_threads = refuses; }
#else
bool refused_threads_are_available(void) { return false; }
void refuse_threads(bool refuses) { (void)refuses; }
#endif
