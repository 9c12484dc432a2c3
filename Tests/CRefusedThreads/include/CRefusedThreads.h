// For tests: a system that starts no thread.
#ifndef CREFUSEDTHREADS_H
#define CREFUSEDTHREADS_H
#include <stdbool.h>

// Whether `pthread_create` can be made to refuse on this platform and in this build.
bool refused_threads_are_available(void);
// From now on `pthread_create` refuses, or no longer does, when the calling thread asks.
void refuse_threads(bool refuses);
#endif
