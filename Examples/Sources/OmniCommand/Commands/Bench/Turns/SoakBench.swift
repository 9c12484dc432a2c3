import Foundation
import OmniPipeline
import OmniVAD

/// A long conversation in simulated time, and what becomes of the memory meanwhile.
struct SoakBench {
    let omni: MiniOmni
    let voiceActivity: SileroVAD
    let questions: SpokenQuestions
    let minuteCount: Int

    func run() async throws {
        var options = ConversationOptions()
        options.voiceActivity = voiceActivity
        options.pace = .simulated
        options.reportsWindows = true
        options.transcribes = true
        let start = ContinuousClock.now
        var resident: [Int] = []
        var metrics = ConversationMetrics()
        let conversation = omni.makeSession().converse(
            listeningTo: EndlessQuestions(questions: questions, minuteCount: minuteCount), options: options)
        for try await event in conversation {
            switch event {
            case .window(let report):
                guard report.place >= .seconds(60) * (resident.count + 1) else { continue }
                resident.append(try Self.residentByteCount())
                Console.progress("\(resident.count) of \(minuteCount) minutes, \(resident.last ?? 0) bytes")
            case .finished(let found): metrics = found
            default: break
            }
        }
        Console.endProgress()
        let first = resident.first ?? 0
        let largest = resident.map { $0 - first }.max() ?? 0
        let smallest = resident.map { $0 - first }.min() ?? 0
        try StandardOutput.write(
            """
            \(minuteCount) minutes of conversation in \(Int((ContinuousClock.now - start) / .seconds(1))) s: \
            \(metrics.turnCount) turns, \(metrics.interruptionCount) interruptions, \
            \(metrics.droppedPreparationCount) of \(metrics.preparationCount) preparations dropped.
            Memory after the first minute \(Self.megabytes(first)) MB, from then on \(Self.megabytes(smallest)) to \
            +\(Self.megabytes(largest)) MB. Threads at the end: \(try Self.threadCount()).

            """)
    }

    private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }

    /// What is in memory of this process.
    private static func residentByteCount() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }

    private static func threadCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
}

/// Questions with pauses of changing length between them, so that some are spoken over answers.
private struct EndlessQuestions: AsyncSequence, Sendable {
    typealias Element = AudioChunk
    let questions: SpokenQuestions
    let minuteCount: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        let questions: SpokenQuestions
        let limit: Int
        var count = 0
        var index = 0

        mutating func next() async -> AudioChunk? {
            guard count < limit else { return nil }
            defer { index += 1 }
            let pauses = [3.0, 1.5, 5.0, 0.3, 2.2, 8.0, 0.9]
            let pause = Int(pauses[index % pauses.count] * Double(SpokenQuestions.sampleRate))
            let samples = questions[index] + Array(repeating: 0, count: pause)
            count += samples.count
            return AudioChunk(samples, sampleRate: SpokenQuestions.sampleRate)
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(questions: questions, limit: minuteCount * 60 * SpokenQuestions.sampleRate)
    }
}
