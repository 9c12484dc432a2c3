// SHA-1 and SHA-256 (FIPS 180-4).
#include "COmniHub.h"
#include "sha256.h"

#include <string.h>

static uint32_t rotate_left(uint32_t x, int count) { return x << count | x >> (32 - count); }
static uint32_t rotate_right(uint32_t x, int count) { return x >> count | x << (32 - count); }

static uint32_t load_big(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void store_big(uint8_t *bytes, uint32_t word) {
    for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(word >> (24 - 8 * i));
}

const uint32_t omni_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t block_count) {
    for (; block_count > 0; block_count--, blocks += 64) {
        uint32_t w[64];
        for (int t = 0; t < 16; t++) w[t] = load_big(blocks + 4 * t);
        for (int t = 16; t < 64; t++) {
            uint32_t near = w[t - 2], far = w[t - 15];
            w[t] = w[t - 16] + (rotate_right(far, 7) ^ rotate_right(far, 18) ^ far >> 3) + w[t - 7]
                + (rotate_right(near, 17) ^ rotate_right(near, 19) ^ near >> 10);
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t++) {
            uint32_t first = h + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) + ((e & f) ^ (~e & g))
                + omni_sha256_constants[t] + w[t];
            uint32_t second =
                (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}

static void sha1_portable(uint32_t state[8], const uint8_t *blocks, size_t block_count) {
    for (; block_count > 0; block_count--, blocks += 64) {
        uint32_t w[80];
        for (int t = 0; t < 16; t++) w[t] = load_big(blocks + 4 * t);
        for (int t = 16; t < 80; t++) w[t] = rotate_left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        for (int t = 0; t < 80; t++) {
            uint32_t mixed, constant;
            if (t < 20) mixed = (b & c) | (~b & d), constant = 0x5a827999;
            else if (t < 40) mixed = b ^ c ^ d, constant = 0x6ed9eba1;
            else if (t < 60) mixed = (b & c) | (b & d) | (c & d), constant = 0x8f1bbcdc;
            else mixed = b ^ c ^ d, constant = 0xca62c1d6;
            uint32_t next = rotate_left(a, 5) + mixed + e + constant + w[t];
            e = d, d = c, c = rotate_left(b, 30), b = a, a = next;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
    }
}

static void add_blocks(omni_digest *digest, const uint8_t *blocks, size_t block_count) {
    switch (digest->kind) {
    case omni_digest_sha1:
        sha1_portable(digest->state, blocks, block_count);
        break;
    case omni_digest_sha256:
        if (omni_has_sha256()) omni_sha256_blocks(digest->state, blocks, block_count);
        else sha256_portable(digest->state, blocks, block_count);
        break;
    case omni_digest_sha256_portable:
        sha256_portable(digest->state, blocks, block_count);
        break;
    }
}

void omni_digest_begin(omni_digest *digest, omni_digest_kind kind) {
    static const uint32_t sha1[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    static const uint32_t sha256[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memset(digest, 0, sizeof *digest);
    memcpy(digest->state, kind == omni_digest_sha1 ? sha1 : sha256, sizeof digest->state);
    digest->kind = kind;
}

void omni_digest_add(omni_digest *digest, const void *bytes, size_t byte_count) {
    const uint8_t *next = bytes;
    size_t filled = digest->byte_count % 64;
    digest->byte_count += byte_count;
    if (filled > 0) {
        size_t taken = byte_count < 64 - filled ? byte_count : 64 - filled;
        if (taken > 0) memcpy(digest->block + filled, next, taken);
        next += taken, byte_count -= taken, filled += taken;
        if (filled < 64) return;
        add_blocks(digest, digest->block, 1);
    }
    add_blocks(digest, next, byte_count / 64);
    if (byte_count % 64 > 0) memcpy(digest->block, next + byte_count / 64 * 64, byte_count % 64);
}

void omni_digest_end(omni_digest *digest, uint8_t *result) {
    uint64_t bit_count = digest->byte_count * 8;
    uint8_t padding[72] = {0x80};
    size_t zero_count = (119 - digest->byte_count % 64) % 64;
    for (int i = 0; i < 8; i++) padding[1 + zero_count + i] = (uint8_t)(bit_count >> (56 - 8 * i));
    omni_digest_add(digest, padding, 1 + zero_count + 8);
    for (int i = 0; i < (digest->kind == omni_digest_sha1 ? 5 : 8); i++) store_big(result + 4 * i, digest->state[i]);
}
