import CommandSupport
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
        let before = try MemoryUse()
        let start = ContinuousClock.now
        var memory: [MemoryUse] = []
        var metrics = ConversationMetrics()
        let conversation = omni.makeSession().converse(
            listeningTo: EndlessQuestions(questions: questions, minuteCount: minuteCount), options: options)
        for try await event in conversation {
            switch event {
            case .window(let report):
                guard report.place >= .seconds(60) * (memory.count + 1) else { continue }
                memory.append(try MemoryUse())
                Console.progress("\(memory.count) of \(minuteCount) minutes")
            case .finished(let found): metrics = found
            default: break
            }
        }
        Console.endProgress()
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        // Threads that have nothing left to do go after a while.
        try await Task.sleep(for: .seconds(8))
        let last = try MemoryUse()
        try StandardOutput.write(
            """
            \(minuteCount) minutes of conversation in \(seconds) s: \
            \(metrics.turnCount) turns, \(metrics.interruptionCount) interruptions, \
            \(metrics.droppedPreparationCount) of \(metrics.preparationCount) preparations dropped.
            Memory after the first minute \(Self.span(of: memory)).
            Threads before \(before.threadCount), meanwhile at most \(memory.map(\.threadCount).max() ?? 0), \
            afterwards \(last.threadCount).

            """)
    }

    /// What it was at first, and how far it went from there.
    private static func span(of memory: [MemoryUse]) -> String {
        let values = memory.map { Double($0.residentByteCount) / 1e6 }
        guard let first = values.first else { return "–" }
        let (least, most) = ((values.min() ?? first) - first, (values.max() ?? first) - first)
        return String(format: "%.1f MB, from then on %+.1f to %+.1f MB", first, least, most)
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
