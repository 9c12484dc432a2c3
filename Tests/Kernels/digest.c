// SHA-1 and SHA-256 against NIST's vectors, and the processor's instructions against plain C.
#include "COmniHub.h"

#include <stdio.h>
#include <string.h>

static int failure_count = 0;

static void check(const char *what, const uint8_t *found, const uint8_t *expected, size_t byte_count) {
    bool is_good = memcmp(found, expected, byte_count) == 0;
    printf("%s  %s\n", is_good ? "ok" : "FAIL", what);
    failure_count += !is_good;
}

static void digest(omni_digest_kind kind, const void *bytes, size_t byte_count, size_t cut, uint8_t result[32]) {
    omni_digest digest;
    omni_digest_begin(&digest, kind);
    omni_digest_add(&digest, bytes, cut);
    omni_digest_add(&digest, (const char *)bytes + cut, byte_count - cut);
    omni_digest_end(&digest, result);
}

int main(void) {
    static const uint8_t sha1[20] = {
        0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
        0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d,
    };
    static const uint8_t sha256[32] = {
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    };
    uint8_t found[32], expected[32];
    digest(omni_digest_sha1, "abc", 3, 1, found);
    check("SHA-1 of abc", found, sha1, sizeof sha1);
    digest(omni_digest_sha256, "abc", 3, 1, found);
    check("SHA-256 of abc", found, sha256, sizeof sha256);
    digest(omni_digest_sha256_portable, "abc", 3, 1, found);
    check("SHA-256 of abc in plain C", found, sha256, sizeof sha256);

    static uint8_t bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 37 + 11);
    bool is_same = true;
    for (size_t byte_count = 0; byte_count <= sizeof bytes; byte_count += byte_count < 300 ? 1 : 61) {
        digest(omni_digest_sha256, bytes, byte_count, byte_count / 3, found);
        digest(omni_digest_sha256_portable, bytes, byte_count, byte_count / 2, expected);
        is_same = is_same && memcmp(found, expected, sizeof found) == 0;
    }
    check("both ways at every length", (const uint8_t *)&is_same, (const uint8_t *)&(bool){true}, sizeof is_same);
    printf(
        "%s: %d checks failed, SHA instructions %s\n", failure_count ? "FAIL" : "digests", failure_count,
        omni_has_sha256() ? "used" : "not there");
    return failure_count != 0;
}
