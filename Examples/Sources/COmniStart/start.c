// The loader runs what is in `.preinit_array` of a program before the constructors of its libraries.
#define _GNU_SOURCE
#include "COmniStart.h"

#if defined(__linux__)
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    most_variables = 4096,
    // Below this the libraries trap or wait for ever, where they have no error to give: for stacks, and for a small
    // model.
    least_address_space = 320 << 20,
    status_of_limits = 71,
};

static char **arguments, **environment;
static struct sigaction before;
static sigset_t mask_before;
static int is_guarded;

static sigset_t only(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    return set;
}

// Runs inside OpenBLAS's constructor. `execve` may be called in a handler.
static void start_again(int number) {
    static char one_thread[] = "OPENBLAS_NUM_THREADS=1";
    static char *variables[most_variables + 2];
    int count = 0;
    while (environment[count] && count < most_variables) {
        variables[count] = environment[count];
        count++;
    }
    variables[count] = one_thread;
    sigaction(number, &before, NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
    execve("/proc/self/exe", arguments, variables);
    const sigset_t set = only(number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

static void begin(int argument_count, char **argument_values, char **environment_values) {
    (void)argument_count;
    void *room = mmap(NULL, least_address_space, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED) {
        static const char text[] =
            "error: the system leaves this process less than 320 MiB of address space: raise the limit (ulimit -v)\n";
        if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(status_of_limits);
        _exit(status_of_limits);
    }
    munmap(room, least_address_space);
    for (char **variable = environment_values; *variable; variable++)
        if (strncmp(*variable, "OPENBLAS_NUM_THREADS=", 21) == 0) return;
    arguments = argument_values;
    environment = environment_values;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = start_again;
    // A parent may have started the program with the signal blocked, as Foundation's Process does.
    const sigset_t set = only(SIGINT);
    is_guarded = sigaction(SIGINT, &action, &before) == 0 && sigprocmask(SIG_UNBLOCK, &set, &mask_before) == 0;
}

__attribute__((section(".preinit_array"), used)) static void (*const entry)(int, char **, char **) = begin;

// A program's constructors run after those of its libraries.
__attribute__((constructor)) void omni_start_finished(void) {
    if (!is_guarded) return;
    sigaction(SIGINT, &before, NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
    is_guarded = 0;
}
#else
void omni_start_finished(void) {}
#endif
