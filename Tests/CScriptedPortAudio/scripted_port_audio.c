#include "CScriptedPortAudio.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct stream {
    atomic_bool is_closed;
} stream;

static atomic_int open_count, start_count, misuse_count, calls_under_way;
static atomic_bool refuses_to_start;

// All but reading and writing. Takes so long that two callers meet.
static void enter(void) {
    if (atomic_fetch_add(&calls_under_way, 1) > 0) misuse_count++;
    usleep(300);
}
static int leave(int code) {
    calls_under_way--;
    return code;
}

static int initialize(void) {
    enter();
    start_count++;
    return leave(0);
}

static int terminate(void) {
    enter();
    start_count--;
    return leave(0);
}

static int open_default(void **opened, int inputs, int outputs, unsigned long format, double rate, unsigned long frames,
                        void *callback, void *context) {
    (void)inputs, (void)outputs, (void)format, (void)rate, (void)frames, (void)callback, (void)context;
    enter();
    // Never freed: a call for a closed stream is to be seen.
    stream *s = calloc(1, sizeof *s);
    if (!s) return leave(-9992);
    *opened = s;
    open_count++;
    return leave(0);
}

static int start(stream *s) {
    enter();
    if (s->is_closed) misuse_count++;
    return leave(refuses_to_start ? -9996 : 0);
}

static int close_stream(stream *s) {
    enter();
    if (atomic_exchange(&s->is_closed, true)) misuse_count++;
    open_count--;
    return leave(0);
}

static int transfer(stream *s, float *samples, unsigned long count) {
    (void)samples, (void)count;
    if (s->is_closed) misuse_count++;
    usleep(500);
    return 0;
}

static const char *error_text(int code) {
    (void)code;
    return "scripted";
}

intptr_t scripted_port_audio_function(const char *name) {
    const struct {
        const char *name;
        intptr_t address;
    } functions[] = {
        {"Pa_Initialize", (intptr_t)initialize},   {"Pa_Terminate", (intptr_t)terminate},
        {"Pa_OpenDefaultStream", (intptr_t)open_default}, {"Pa_StartStream", (intptr_t)start},
        {"Pa_CloseStream", (intptr_t)close_stream}, {"Pa_ReadStream", (intptr_t)transfer},
        {"Pa_WriteStream", (intptr_t)transfer},    {"Pa_GetErrorText", (intptr_t)error_text},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0) return functions[i].address;
    return 0;
}

void scripted_port_audio_refuses_to_start(bool refuses) { refuses_to_start = refuses; }
int scripted_port_audio_open_count(void) { return open_count; }
int scripted_port_audio_start_count(void) { return start_count; }
int scripted_port_audio_misuse_count(void) { return misuse_count; }
