// The count of cores where the kernel has longer sets of processors than `cpu_set_t`, and where it gives none: its
// answers are made here, in the place of the system's function. Returns the number of failures.
#define _GNU_SOURCE
#include "COmniKernels.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>

enum { allowed_count = 7 };

// Bytes of the kernel's sets. The last processors of them are allowed, which /sys has no folders of on this machine:
// none shares a core with another.
static size_t set_size;
static int fault;

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
    (void)process;
    if (fault != 0 || size < set_size) {
        errno = fault != 0 ? fault : EINVAL;
        return -1;
    }
    CPU_ZERO_S(size, set);
    for (size_t i = 1; i <= allowed_count; i++) CPU_SET_S(8 * set_size - i, size, set);
    return 0;
}

static int failure_count;

static void expect(ptrdiff_t expected, const char *what) {
    const ptrdiff_t found = omni_core_count();
    if (found == expected) return;
    failure_count++;
    printf("FAIL %s: %td cores, not %td\n", what, found, expected);
}

int main(void) {
    const ptrdiff_t online = sysconf(_SC_NPROCESSORS_ONLN);
    for (set_size = 128; set_size <= 32768; set_size *= 2) expect(allowed_count, "sets of another length");
    set_size = (size_t)1 << 20;
    expect(online, "sets that are too long");
    fault = ENOSYS;
    expect(online, "no sets");
    printf("%d failures\n", failure_count);
    return failure_count != 0;
}
#else
int main(void) {
    printf("0 failures\n");
    return 0;
}
#endif
