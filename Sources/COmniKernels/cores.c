// How many cores there are to compute on.
#define _GNU_SOURCE
#include "COmniKernels.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static ptrdiff_t online_count(void) {
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (ptrdiff_t)count : 1;
}

#if defined(__linux__)
#include <sched.h>

// The first processor in the list of those that share a core with `processor`; itself when the system does not say.
static int first_sibling(int processor) {
    char path[96];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", processor);
    FILE *file = fopen(path, "r");
    int first = processor;
    if (file) {
        if (fscanf(file, "%d", &first) != 1) first = processor;
        fclose(file);
    }
    return first;
}

// The processors that this thread may run on, as a set for numbers below `limit`; NULL with `errno` when the system
// does not say. The caller frees it.
static cpu_set_t *allowed_processors(int limit) {
    cpu_set_t *allowed = CPU_ALLOC(limit);
    if (!allowed || sched_getaffinity(0, CPU_ALLOC_SIZE(limit), allowed) == 0) return allowed;
    const int fault = errno;
    CPU_FREE(allowed);
    errno = fault;
    return NULL;
}

ptrdiff_t omni_core_count(void) {
    // A set that is shorter than the kernel's is refused, whatever is in it.
    int limit = CPU_SETSIZE;
    cpu_set_t *allowed = allowed_processors(limit);
    while (!allowed && errno == EINVAL && limit < 1 << 20) {
        limit *= 2;
        allowed = allowed_processors(limit);
    }
    cpu_set_t *cores = CPU_ALLOC(limit);
    const size_t size = CPU_ALLOC_SIZE(limit);
    int count = 0;
    if (allowed && cores) {
        CPU_ZERO_S(size, cores);
        for (int processor = 0; processor < limit; processor++) {
            if (!CPU_ISSET_S(processor, size, allowed)) continue;
            const int first = first_sibling(processor);
            CPU_SET_S(first >= 0 && first < limit ? first : processor, size, cores);
        }
        count = CPU_COUNT_S(size, cores);
    }
    CPU_FREE(allowed);
    CPU_FREE(cores);
    return count > 0 ? count : online_count();
}
#elif defined(__APPLE__)
#include <sys/sysctl.h>

ptrdiff_t omni_core_count(void) {
    int count = 0;
    size_t size = sizeof count;
    // Where there are fast and slow cores, the fast ones: a slow one would hold the others up.
    if (sysctlbyname("hw.perflevel0.physicalcpu", &count, &size, NULL, 0) == 0 && count > 0) return count;
    size = sizeof count;
    if (sysctlbyname("hw.physicalcpu", &count, &size, NULL, 0) == 0 && count > 0) return count;
    return online_count();
}
#else
ptrdiff_t omni_core_count(void) { return online_count(); }
#endif
