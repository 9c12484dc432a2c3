import Dispatch
import Foundation
import OmniTensor

/// How fast this machine can be at all.
struct MachineLimits: Encodable {
    /// Memory delivers so much to all threads together. Measured once more beside each figure that it bounds: it
    /// changes with what other machines on the same host do.
    let bytesPerSecond: Double
    /// Additions and multiplications a second by precision: of the instructions that products are made of, with
    /// operands in registers.
    let operationsPerSecond: [String: Double]

    private let memory: ReadTarget
    private let threadCount: Int

    private enum CodingKeys: String, CodingKey { case bytesPerSecond, operationsPerSecond }

    /// Measures.
    init(engine: NativeEngine, precisions: [WeightPrecision]) throws {
        let (memory, threadCount) = (ReadTarget(byteCount: 1 << 29), engine.threadCount)
        (self.memory, self.threadCount) = (memory, threadCount)
        bytesPerSecond = Double(memory.byteCount) / Stopwatch.median { memory.read(threadCount: threadCount) }
        var rates: [String: Double] = [:]
        for precision in Set(precisions + [.float32]) {
            rates[precision.name] = try engine.peakOperationsPerSecond(precision)
        }
        operationsPerSecond = rates
    }

    /// Times `body` again and again, and in turn the memory that it reads `byteCount` bytes of: the medians of both.
    func median(reading byteCount: Double, _ body: () -> Void) -> (time: Double, floor: Double) {
        var reads: [Double] = []
        let time = Stopwatch.median(mostRunCount: 60, body) {
            reads.append(ContinuousClock().measure { memory.read(threadCount: threadCount) }.seconds)
        }
        return (time, byteCount / Double(memory.byteCount) * reads.sorted()[reads.count / 2])
    }

    /// The time to multiply and add; 0 for a precision that was not measured.
    func seconds(toCompute operationCount: Double, _ precision: WeightPrecision) -> Double {
        operationsPerSecond[precision.name].map { operationCount / $0 } ?? 0
    }
}

/// Memory to be read at full speed.
///
/// `@unchecked Sendable` is sound because nothing writes after `init`.
@safe
private final class ReadTarget: @unchecked Sendable {
    private typealias Line = SIMD16<UInt32>

    let byteCount: Int
    private let lines: UnsafeMutableBufferPointer<Line>

    init(byteCount: Int) {
        self.byteCount = byteCount
        // Large pages, as weights have: the system needs to be asked before the first touch.
        let base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 2 << 20)
        #if os(Linux)
            _ = unsafe madvise(base, byteCount, Int32(MADV_HUGEPAGE))
        #endif
        let count = byteCount / MemoryLayout<Line>.stride
        unsafe lines = UnsafeMutableBufferPointer(
            start: base.bindMemory(to: Line.self, capacity: count), count: count)
        unsafe lines.initialize(repeating: Line(repeating: 1))
    }

    deinit { unsafe lines.deallocate() }

    /// Reads everything once, a part on each thread.
    func read(threadCount: Int) {
        DispatchQueue.concurrentPerform(iterations: threadCount) { thread in
            let part = unsafe lines.count / threadCount
            // Four sums, so that adding is not what takes the time.
            var (a, b, c, d) = (Line.zero, Line.zero, Line.zero, Line.zero)
            for i in stride(from: thread * part, to: (thread + 1) * part - 3, by: 4) {
                unsafe a &+= lines[i]
                unsafe b &+= lines[i + 1]
                unsafe c &+= lines[i + 2]
                unsafe d &+= lines[i + 3]
            }
            // Memory holds ones; a sum of zero lets no reading be left out.
            precondition((a &+ b &+ c &+ d).wrappedSum() != 0, "nothing was read")
        }
    }
}
