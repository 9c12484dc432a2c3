internal import COmniSystem

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What ends a process from below, for programs that want it said in one line and nothing left behind.
///
/// Weights are mapped, not copied: processes share them, and loading is at once. The price is that a file which another
/// program shortens while it is in use, or a disk that fails, ends the process with SIGBUS at the next read of the lost
/// pages: no read can be given back. A program that installs these handlers then writes one line that names the file
/// and ends with a status of its own. The libraries install nothing by themselves: a process's signals belong to its
/// program.
public enum ProcessFaults {
    /// Installs the handlers, once, at the start of a program.
    ///
    /// * SIGBUS in a mapped file, and memory that the system refuses, also to a runtime or a library that aborts then:
    ///   one line on standard error, then the end.
    /// * SIGINT, SIGTERM and SIGHUP, unless they are ignored: the end that they always were.
    /// * SIGXFSZ and SIGPIPE are ignored, so that a write fails with an error instead.
    ///
    /// In all cases temporary files of ``OutputFile`` are removed.
    ///
    /// - Parameters:
    ///   - exitStatus: the exit status for lost pages, `0...255`.
    ///   - memoryStatus: the exit status for refused memory, `0...255`.
    public static func installHandlers(exitStatus: Int32, memoryStatus: Int32) {
        omni_set_fault_statuses(exitStatus, memoryStatus)
        omni_guard_mapped_files()
        omni_guard_memory()
        for number in [SIGINT, SIGTERM, SIGHUP] { omni_guard_temporary_files(number, true) }
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Makes a signal end the process again, after the program had handled it in its own way.
    public static func restoreHandler(of number: Int32) { omni_guard_temporary_files(number, false) }

    /// Removes temporary files and ends the process by a signal.
    public static func endProcess(by number: Int32) -> Never { omni_end_by_signal(number) }
}
