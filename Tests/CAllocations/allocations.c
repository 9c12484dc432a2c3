// A program's own malloc goes before that of the C library, for the library's own calls and those of others as well.
// Memory still comes from the C library, and its free takes it back.
#include "CAllocations.h"
#include <errno.h>
#include <stdlib.h>

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local size_t allocation_count, allocated_byte_count;

static void count(size_t size) {
    allocation_count++;
    allocated_byte_count += size;
}

bool omni_counts_allocations(void) { return true; }
size_t omni_allocation_count(void) { return allocation_count; }
size_t omni_allocated_byte_count(void) { return allocated_byte_count; }

void *malloc(size_t size) {
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t item_count, size_t size) {
    count(item_count * size);
    return __libc_calloc(item_count, size);
}

void *realloc(void *pointer, size_t size) {
    count(size);
    return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
    count(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *pointer = memalign(alignment, size);
    if (!pointer) return ENOMEM;
    *result = pointer;
    return 0;
}

#else
bool omni_counts_allocations(void) { return false; }
size_t omni_allocation_count(void) { return 0; }
size_t omni_allocated_byte_count(void) { return 0; }
#endif
