// What the hub client needs from C: digests with the processor's own instructions, and HTTP through the system's
// libcurl. All of the interface is on this page.
#ifndef COMNIHUB_H
#define COMNIHUB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Digests --------------------------------------------------------------------------------------------------------

typedef enum omni_digest_kind {
    omni_digest_sha1 = 0,             // 20 bytes; plain C
    omni_digest_sha256 = 1,           // 32 bytes; SHA instructions of x86 and arm64 where the machine has them
    omni_digest_sha256_portable = 2,  // 32 bytes; plain C, for comparing
} omni_digest_kind;

// A digest of the bytes so far. A value: a copy goes on independently.
typedef struct omni_digest {
    uint32_t state[8];
    uint64_t byte_count;
    uint8_t block[64];  // the last byte_count % 64 bytes
    omni_digest_kind kind;
} omni_digest;

// Starts a digest of no bytes.
void omni_digest_begin(omni_digest *digest, omni_digest_kind kind);
// Adds `byte_count` bytes.
void omni_digest_add(omni_digest *digest, const void *bytes, size_t byte_count);
// Writes the digest to `result`, 20 or 32 bytes. `digest` is used up.
void omni_digest_end(omni_digest *digest, uint8_t *result);
// Whether this machine has instructions for SHA-256.
bool omni_has_sha256(void);

// ---- HTTP -----------------------------------------------------------------------------------------------------------

// One connection pool. It is used by one thread at a time.
typedef struct omni_http omni_http;

typedef struct omni_http_request {
    const char *url;              // http or https
    const char *const *headers;   // "Name: value" lines, ended by NULL
    const char *certificate_file; // trusted certificates, PEM, in place of the system's; or NULL
    const char *certificate_folder;
    long stall_milliseconds;      // without 4 KiB of news for so long the exchange is given up; also for connecting
} omni_http_request;

// Called on the thread of `omni_http_get`. A false ends the exchange.
typedef struct omni_http_handler {
    void *context;
    bool (*head)(void *context, const char *line, size_t byte_count);  // each line of each head, with its end
    bool (*body)(void *context, const uint8_t *bytes, size_t byte_count);
    bool (*wants_more)(void *context);  // asked at least 20 times a second
} omni_http_handler;

typedef enum omni_http_outcome {
    omni_http_complete = 0,
    omni_http_stopped = 1,  // by the handler
    omni_http_stalled = 2,
    omni_http_failed = 3,   // `code` is libcurl's, `message` says what
    omni_http_no_library = 4,
} omni_http_outcome;

typedef struct omni_http_result {
    omni_http_outcome outcome;
    int code;
    char message[256];
} omni_http_result;

// NULL when libcurl cannot be loaded or has no memory.
omni_http *omni_http_create(void);
void omni_http_destroy(omni_http *http);
// A GET that follows no redirect, keeps no cookie, and asks for no compression. Proxies are those of the environment.
// Blocks until the exchange is over.
omni_http_result omni_http_get(omni_http *http, const omni_http_request *request, const omni_http_handler *handler);

#endif
