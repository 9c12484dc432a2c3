internal import Dispatch
internal import Synchronization

#if canImport(Accelerate)
    internal import Foundation
#else
    internal import COpenBLAS
#endif

extension CBLAS {
    /// Threads that products use, and that ``concurrently(workerCount:_:)`` may.
    static var threadCount: Int {
        #if canImport(Accelerate)
            ProcessInfo.processInfo.activeProcessorCount
        #else
            lone.withLock { $0.callerCount > 0 ? $0.threadCount : Int(openblas_get_num_threads()) }
        #endif
    }

    /// How many threads the library may use for one product, where it lets itself be told.
    static func setThreadCount(_ count: Int) {
        #if !canImport(Accelerate)
            lone.withLock {
                if $0.callerCount > 0 {
                    $0.threadCount = count
                } else {
                    openblas_set_num_threads(numericCast(count))
                }
            }
        #endif
    }

    /// Who wants products on the caller's thread alone, and how many threads there were before.
    private struct Lone {
        var callerCount = 0
        var threadCount = 1
    }
    private static let lone = Mutex(Lone())

    /// Runs `body` once for each worker, at the same time, with products that stay on their worker's thread: small
    /// products that do not depend on each other go faster side by side than each in pieces.
    ///
    /// OpenBLAS has one number of threads for the whole process, so a product that another thread starts meanwhile
    /// stays on one thread as well. The number comes back when the last of several such calls ends.
    static func concurrently(workerCount: Int, _ body: @Sendable (_ worker: Int) -> Void) {
        guard workerCount > 1 else { return body(0) }
        #if !canImport(Accelerate)
            lone.withLock {
                if $0.callerCount == 0 {
                    $0.threadCount = Int(openblas_get_num_threads())
                    openblas_set_num_threads(1)
                }
                $0.callerCount += 1
            }
            defer {
                lone.withLock {
                    $0.callerCount -= 1
                    if $0.callerCount == 0 { openblas_set_num_threads(numericCast($0.threadCount)) }
                }
            }
        #endif
        DispatchQueue.concurrentPerform(iterations: workerCount, execute: body)
    }
}
