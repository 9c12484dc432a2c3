import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads one file after another in a process of its own, and notes what each costs.
struct Worker {
    let target: FuzzTarget
    let scratch: URL
    private var peak: Int
    private var largestByteCount = 0
    private let base: Int

    private(set) var readCount = 0
    private(set) var slowest = 0.0
    private(set) var slowestName = ""
    private(set) var largestGrowth = 0
    private(set) var faults: [String] = []

    /// What a reader may take: memory in bytes for a file of so many, and seconds of processor time.
    static func memoryLimit(_ byteCount: Int) -> Int { (64 << 20) + 4 * byteCount }
    static let timeLimit = 2.0

    init(_ target: FuzzTarget, scratch: URL) {
        self.target = target
        self.scratch = scratch
        peak = Self.peakByteCount()
        base = peak
    }

    /// Reads a file; `name` says how it can be made again.
    mutating func read(_ bytes: [UInt8], name: String) throws {
        let start = Self.processorSeconds()
        if try target.read(bytes, scratch: scratch) == nil { readCount += 1 }
        let seconds = Self.processorSeconds() - start
        if seconds > slowest { (slowest, slowestName) = (seconds, name) }
        largestByteCount = max(largestByteCount, bytes.count)
        let now = Self.peakByteCount()
        if now > peak {
            peak = now
            largestGrowth = max(largestGrowth, now - base)
            if now - base > Self.memoryLimit(largestByteCount) {
                faults.append("\(name): \((now - base) >> 20) MiB for a file of \(bytes.count) bytes")
            }
        }
        if seconds > Self.timeLimit { faults.append("\(name): \(seconds) s for a file of \(bytes.count) bytes") }
    }

    private static func usage() -> rusage {
        var usage = rusage()
        #if canImport(Glibc)
            _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            _ = unsafe getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }

    private static func processorSeconds() -> Double {
        let usage = usage()
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The most memory that this process has had, in bytes.
    private static func peakByteCount() -> Int {
        #if canImport(Darwin)
            Int(usage().ru_maxrss)
        #else
            Int(usage().ru_maxrss) << 10
        #endif
    }

    /// Ends this process when it takes far too much memory or time, so that the machine goes on.
    static func limitProcess(seconds: Int) {
        var memory = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
        #if canImport(Glibc)
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &memory)
            var time = rlimit(rlim_cur: UInt(seconds), rlim_max: UInt(seconds))
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &time)
        #else
            _ = unsafe setrlimit(RLIMIT_DATA, &memory)
            var time = rlimit(rlim_cur: UInt64(seconds), rlim_max: UInt64(seconds))
            _ = unsafe setrlimit(RLIMIT_CPU, &time)
        #endif
    }
}
