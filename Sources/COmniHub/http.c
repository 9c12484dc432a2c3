// HTTP through libcurl, which is loaded when the first request is made: a program that downloads nothing neither links
// nor loads it. Apple platforms have URLSession instead.
#include "COmniHub.h"

#if defined(__APPLE__) || defined(_WIN32)

omni_http *omni_http_create(void) { return NULL; }
void omni_http_destroy(omni_http *http) { (void)http; }
omni_http_result omni_http_get(omni_http *http, const omni_http_request *request, const omni_http_handler *handler) {
    (void)http, (void)request, (void)handler;
    return (omni_http_result){.outcome = omni_http_no_library};
}

#else

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The part of libcurl's interface (version 4 of its binary interface, since 2006) that is used here.
typedef struct curl_slist curl_slist;
typedef struct {
    int message;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
} curl_message;

enum {
    url_option = 10002, error_buffer_option = 10010, header_option = 10023, header_context_option = 10029,
    write_context_option = 10001, write_function_option = 20011, header_function_option = 20079,
    certificate_file_option = 10065, certificate_folder_option = 10097, no_signal_option = 99,
    follow_option = 52, protocols_option = 181, buffer_size_option = 98, connect_timeout_option = 156,
    suppress_connect_heads_option = 265, user_agent_option = 10018,
    message_done = 1, both_web_protocols = 3, global_all = 3,
};

static struct {
    int (*global_init)(long flags);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *easy, int option, ...);
    void (*easy_reset)(void *easy);
    void (*easy_cleanup)(void *easy);
    const char *(*easy_strerror)(int code);
    void *(*multi_init)(void);
    int (*multi_add_handle)(void *multi, void *easy);
    int (*multi_remove_handle)(void *multi, void *easy);
    int (*multi_perform)(void *multi, int *running_count);
    int (*multi_poll)(void *multi, void *extra, unsigned extra_count, int milliseconds, int *event_count);
    curl_message *(*multi_info_read)(void *multi, int *left_count);
    int (*multi_cleanup)(void *multi);
    curl_slist *(*slist_append)(curl_slist *list, const char *text);
    void (*slist_free_all)(curl_slist *list);
} curl;

static pthread_once_t loading = PTHREAD_ONCE_INIT;
static bool is_loaded;

static void load(void) {
    void *library = NULL;
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names && library == NULL; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return;
#define FIND(name) if ((*(void **)&curl.name = dlsym(library, "curl_" #name)) == NULL) return
    FIND(global_init); FIND(easy_init); FIND(easy_setopt); FIND(easy_reset); FIND(easy_cleanup); FIND(easy_strerror);
    FIND(multi_init); FIND(multi_add_handle); FIND(multi_remove_handle); FIND(multi_perform); FIND(multi_poll);
    FIND(multi_info_read); FIND(multi_cleanup); FIND(slist_append); FIND(slist_free_all);
#undef FIND
    is_loaded = curl.global_init(global_all) == 0;
}

struct omni_http {
    void *easy, *multi;
};

omni_http *omni_http_create(void) {
    pthread_once(&loading, load);
    if (!is_loaded) return NULL;
    omni_http *http = calloc(1, sizeof *http);
    if (http == NULL) return NULL;
    http->easy = curl.easy_init();
    http->multi = curl.multi_init();
    if (http->easy != NULL && http->multi != NULL) return http;
    omni_http_destroy(http);
    return NULL;
}

void omni_http_destroy(omni_http *http) {
    if (http == NULL) return;
    if (http->easy != NULL) curl.easy_cleanup(http->easy);
    if (http->multi != NULL) curl.multi_cleanup(http->multi);
    free(http);
}

typedef struct exchange {
    const omni_http_handler *handler;
    bool was_stopped, has_begun;
    size_t news;           // bytes since `last_news`
    int64_t last_news;     // milliseconds
} exchange;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// A byte now and then is no progress, nor is a line of a head: it takes the first line or 4 KiB to count as news.
static void note_news(exchange *exchange, size_t byte_count) {
    exchange->news += byte_count;
    if (exchange->has_begun && exchange->news < 4096) return;
    exchange->has_begun = true;
    exchange->news = 0;
    exchange->last_news = now();
}

static size_t receive_head(char *bytes, size_t size, size_t count, void *context) {
    exchange *exchange = context;
    note_news(exchange, size * count);
    if (exchange->handler->head(exchange->handler->context, bytes, size * count)) return size * count;
    exchange->was_stopped = true;
    return 0;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *context) {
    exchange *exchange = context;
    bool goes_on = exchange->handler->body(exchange->handler->context, (const uint8_t *)bytes, size * count);
    // After the handler, which may have waited for a disk.
    note_news(exchange, size * count);
    if (goes_on) return size * count;
    exchange->was_stopped = true;
    return 0;
}

static omni_http_result failure(int code, const char *details) {
    omni_http_result result = {.outcome = omni_http_failed, .code = code};
    snprintf(
        result.message, sizeof result.message, "%s",
        details[0] != 0 ? details : curl.easy_strerror(code));
    return result;
}

// Lets the exchange go on until it is over, stopped or stalled.
static omni_http_result run(omni_http *http, exchange *exchange, long stall_milliseconds, const char *details) {
    for (;;) {
        int running_count = 0, left_count = 0;
        if (curl.multi_perform(http->multi, &running_count) != 0) return failure(2, details);
        if (exchange->was_stopped) return (omni_http_result){.outcome = omni_http_stopped};
        for (curl_message *message; (message = curl.multi_info_read(http->multi, &left_count)) != NULL;) {
            if (message->message != message_done) continue;
            return message->data.result == 0 ? (omni_http_result){.outcome = omni_http_complete}
                                             : failure(message->data.result, details);
        }
        if (!exchange->handler->wants_more(exchange->handler->context))
            return (omni_http_result){.outcome = omni_http_stopped};
        if (now() - exchange->last_news > stall_milliseconds) return (omni_http_result){.outcome = omni_http_stalled};
        if (curl.multi_poll(http->multi, NULL, 0, 50, NULL) != 0) return failure(2, details);
    }
}

omni_http_result omni_http_get(omni_http *http, const omni_http_request *request, const omni_http_handler *handler) {
    char details[256] = "";  // CURL_ERROR_SIZE
    exchange exchange = {.handler = handler, .last_news = now()};
    curl_slist *headers = NULL;
    for (const char *const *header = request->headers; *header != NULL; header++) {
        curl_slist *longer = curl.slist_append(headers, *header);
        if (longer == NULL) {
            curl.slist_free_all(headers);
            return failure(27, details);
        }
        headers = longer;
    }
    void *easy = http->easy;
    curl.easy_reset(easy);
    int code = 0;
#define SET(option, value) if (code == 0) code = curl.easy_setopt(easy, option, value)
    SET(url_option, request->url);
    SET(header_option, headers);
    SET(error_buffer_option, details);
    SET(header_function_option, receive_head);
    SET(header_context_option, &exchange);
    SET(write_function_option, receive_body);
    SET(write_context_option, &exchange);
    SET(no_signal_option, 1L);
    SET(follow_option, 0L);
    SET(protocols_option, (long)both_web_protocols);
    SET(buffer_size_option, 262144L);
    SET(connect_timeout_option, request->stall_milliseconds);
    SET(suppress_connect_heads_option, 1L);
    if (request->certificate_file != NULL) SET(certificate_file_option, request->certificate_file);
    if (request->certificate_folder != NULL) SET(certificate_folder_option, request->certificate_folder);
#undef SET
    omni_http_result result;
    if (code != 0) result = failure(code, details);
    else if (curl.multi_add_handle(http->multi, easy) != 0) result = failure(2, details);
    else {
        result = run(http, &exchange, request->stall_milliseconds, details);
        curl.multi_remove_handle(http->multi, easy);
    }
    curl.easy_reset(easy);  // nothing of this frame stays behind in it
    curl.slist_free_all(headers);
    return result;
}

#endif
