// What ends a process from below, said in one line: lost pages of a mapped file, refused memory; and temporary files
// that go with the process. Handlers use what POSIX allows in them, and tables that are written without locks.
#define _GNU_SOURCE
#include "COmniSystem.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { slot_count = 1024 };

static atomic_int page_status = -1, memory_status = -1;

void omni_set_fault_statuses(int page, int memory) {
    atomic_store(&page_status, page);
    atomic_store(&memory_status, memory);
}

// ---- Tables ---------------------------------------------------------------------------------------------------------

// A slot is free while its path is NULL. It is claimed with a placeholder, so that a handler that comes between never
// sees half of it.
typedef struct file {
    _Atomic(char *) path;
    _Atomic(uintptr_t) start;
    _Atomic(size_t) size;
} file;

static file mapped[slot_count], temporary[slot_count];
static char claimed[1];

static int add(file table[slot_count], uintptr_t start, size_t size, const char *path) {
    char *copy = strdup(path);
    if (!copy) return -1;
    for (int slot = 0; slot < slot_count; slot++) {
        char *expected = NULL;
        if (!atomic_compare_exchange_strong(&table[slot].path, &expected, claimed)) continue;
        atomic_store(&table[slot].start, start);
        atomic_store(&table[slot].size, size);
        atomic_store(&table[slot].path, copy);
        return slot;
    }
    free(copy);
    return -1;
}

static void forget(file table[slot_count], int slot) {
    if (slot < 0 || slot >= slot_count) return;
    char *path = atomic_exchange(&table[slot].path, NULL);
    if (path != claimed) free(path);
}

int omni_mapped_file_add(const void *start, size_t size, const char *path) {
    return add(mapped, (uintptr_t)start, size, path);
}
void omni_mapped_file_remove(int slot) { forget(mapped, slot); }
int omni_temporary_file_add(const char *path) { return add(temporary, 0, 0, path); }
void omni_temporary_file_remove(int slot) { forget(temporary, slot); }

static void remove_temporary_files(void) {
    for (int slot = 0; slot < slot_count; slot++) {
        const char *path = atomic_load(&temporary[slot].path);
        if (path && path != claimed) unlink(path);
    }
}

// ---- Lines on standard error ----------------------------------------------------------------------------------------

static void say(const char *text, size_t count) {
    while (count > 0) {
        const ssize_t written = write(STDERR_FILENO, text, count);
        if (written <= 0) return;
        text += written;
        count -= (size_t)written;
    }
}

// Control characters of a name would be commands to a terminal.
static void say_name(const char *name) {
    for (; *name; name++) {
        const char shown = (unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name;
        say(&shown, 1);
    }
}

// With a negative status, where no program has set one, by abort().
_Noreturn static void end_by_fault(int status) {
    remove_temporary_files();
    if (status < 0) abort();
    _exit(status);
}

_Noreturn void omni_out_of_memory(size_t byte_count) {
    static const char before[] = "error: the system gives no memory for ", after[] = " bytes\n";
    char digits[24];
    size_t position = sizeof digits;
    do digits[--position] = (char)('0' + byte_count % 10);
    while ((byte_count /= 10) > 0);
    say(before, sizeof before - 1);
    say(digits + position, sizeof digits - position);
    say(after, sizeof after - 1);
    end_by_fault(atomic_load(&memory_status));
}

// ---- Signals --------------------------------------------------------------------------------------------------------

static void lost_page(int number, siginfo_t *info, void *context) {
    (void)context;
    const uintptr_t address = (uintptr_t)info->si_addr;
    for (int slot = 0; slot < slot_count; slot++) {
        const char *path = atomic_load(&mapped[slot].path);
        const uintptr_t start = atomic_load(&mapped[slot].start);
        if (!path || path == claimed || address < start || address - start >= atomic_load(&mapped[slot].size)) continue;
        static const char before[] = "error: ";
        static const char after[] =
            ": the file became shorter, or its disk failed, while its weights were in use; "
            "replace a model by renaming a new file over it\n";
        say(before, sizeof before - 1);
        say_name(path);
        say(after, sizeof after - 1);
        end_by_fault(atomic_load(&page_status));
    }
    // Not ours: the instruction runs again and ends the process as it would have.
    signal(number, SIG_DFL);
}

void omni_guard_mapped_files(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = lost_page;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

// Runtimes and libraries that are refused memory, and have no error to give, trap or abort. Whether that is why shows
// when this much cannot be had either: a process that dies of a mistake in its code has it.
enum { usual_room = 16 << 20 };

static const int ends_of_runtimes[] = {SIGABRT, SIGILL, SIGTRAP, SIGSEGV};
enum { end_count = sizeof ends_of_runtimes / sizeof ends_of_runtimes[0] };
static struct sigaction handlers_before[end_count];

static void gave_up(int number) {
    void *room = mmap(NULL, usual_room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        static const char text[] =
            "error: the system gives this process no more memory: raise its limit (ulimit -v, or the container's)\n";
        say(text, sizeof text - 1);
        end_by_fault(atomic_load(&memory_status));
    }
    munmap(room, usual_room);
    // The instruction, or abort(), raises the signal again, for whatever handled it before.
    for (int i = 0; i < end_count; i++)
        if (ends_of_runtimes[i] == number) sigaction(number, &handlers_before[i], NULL);
    if (number == SIGABRT) raise(number);
}

void omni_guard_memory(void) {
    for (int i = 0; i < end_count; i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = gave_up;
        action.sa_flags = SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        sigaction(ends_of_runtimes[i], &action, &handlers_before[i]);
    }
}

_Noreturn void omni_end_by_signal(int number) {
    remove_temporary_files();
    signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    // Only where the signal does not end a process.
    _exit(128 + number);
}

static void ended(int number) { omni_end_by_signal(number); }

void omni_guard_temporary_files(int number, bool unless_ignored) {
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    if (unless_ignored && sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
    action.sa_handler = ended;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    // Foundation's Process starts programs with the mask of a thread that blocks all signals.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
