// How often memory was asked for. Tests only: whatever links this has its allocations counted.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H
#include <stdbool.h>
#include <stddef.h>

// Whether there is anything that counts: with glibc, and without a sanitizer, which has an allocator of its own.
bool omni_counts_allocations(void);
// Calls of malloc and its kin by this thread so far.
size_t omni_allocation_count(void);
// Bytes that those calls asked for.
size_t omni_allocated_byte_count(void);
#endif
