// What the libraries ask of the operating system and Swift cannot do in its own words: threads that may be refused, and
// the little that a signal handler may look at.
#ifndef COMNISYSTEM_H
#define COMNISYSTEM_H
#include <stdbool.h>
#include <stddef.h>

// ---- Threads --------------------------------------------------------------------------------------------------------

// Runs body(context) on a new, detached thread. `name` has at most 15 bytes that count. Returns 0, or the number of the
// error with which the system refuses, as `pthread_create` does; then `body` is never run.
int omni_thread_start(const char *name, size_t stack_size, void (*body)(void *context), void *context);
// Tells threads apart as long as they run.
size_t omni_thread_current(void);
// How many threads can run at once beside the caller, at most `limit`: starts that many, and ends them.
size_t omni_thread_room(size_t limit);

// ---- Memory ---------------------------------------------------------------------------------------------------------

// Ends the process where memory was refused and no error can be returned: writes one line to standard error, then ends
// with the second status of `omni_set_fault_statuses`, or with abort() where none was set.
_Noreturn void omni_out_of_memory(size_t byte_count);

// ---- Files that a signal handler must know --------------------------------------------------------------------------

// Remembers a file that is mapped at `start`, for the message when its pages are lost. Returns a slot for
// `omni_mapped_file_remove`, or -1 when there is no room; then the file goes unnamed.
int omni_mapped_file_add(const void *start, size_t size, const char *path);
void omni_mapped_file_remove(int slot);

// Remembers a file to be removed when the process is ended by a signal. Returns a slot for
// `omni_temporary_file_remove`, or -1 when there is no room; then the file would stay.
int omni_temporary_file_add(const char *path);
// Forgets a file; it is not touched.
void omni_temporary_file_remove(int slot);

// ---- Signals, for programs ------------------------------------------------------------------------------------------

// The exit statuses for what ends a process from below: `page` for lost pages of a mapped file, `memory` for refused
// memory.
void omni_set_fault_statuses(int page, int memory);
// SIGBUS inside a mapped file writes one line that names the file, removes temporary files and ends the process with
// the status for lost pages. Anywhere else it is what it was.
void omni_guard_mapped_files(void);
// SIGABRT, SIGILL, SIGTRAP and SIGSEGV of a process that gets no more memory write one line, remove temporary files and
// end the process with the status for refused memory. Otherwise they are what they were.
void omni_guard_memory(void);
// `signal` removes temporary files and then ends the process as it would have without this; with `unless_ignored` a
// signal that the process was started to ignore stays ignored.
void omni_guard_temporary_files(int signal, bool unless_ignored);
// Removes temporary files and ends the process by `signal`, whatever handled it before.
_Noreturn void omni_end_by_signal(int signal);
#endif
