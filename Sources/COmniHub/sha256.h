// SHA-256 with the instructions of the processor.
#ifndef OMNI_SHA256_H
#define OMNI_SHA256_H
#include <stddef.h>
#include <stdint.h>

extern const uint32_t omni_sha256_constants[64];

// Adds whole blocks of 64 bytes to `state`. Only where `omni_has_sha256()`.
void omni_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t block_count);

#endif
