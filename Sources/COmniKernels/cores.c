// How many cores there are to compute on.
#define _GNU_SOURCE
#include "COmniKernels.h"
#include <stdio.h>
#include <unistd.h>

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

ptrdiff_t omni_core_count(void) {
    cpu_set_t allowed, cores;
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET(processor, &allowed)) continue;
        const int first = first_sibling(processor);
        CPU_SET(first >= 0 && first < CPU_SETSIZE ? first : processor, &cores);
    }
    const int count = CPU_COUNT(&cores);
    return count > 0 ? count : 1;
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
    return 1;
}
#else
ptrdiff_t omni_core_count(void) {
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (ptrdiff_t)count : 1;
}
#endif
