import OmniPipeline

/// The sound of the answers where it was heard, beside what the microphone heard.
struct AnswerTrack {
    private struct Answer {
        var samples: [Float] = []
        var resampler: Resampler
        var placedCount = 0
    }

    private let sampleRate: Int
    private let windowDuration: Duration
    private var answers: [Int: Answer] = [:]
    private var waiting: [ReplayTrace.Entry] = []
    /// Samples from ``start`` on.
    private var samples: [Float] = []
    private var start = 0

    init(sampleRate: Int, windowDuration: Duration) {
        self.sampleRate = sampleRate
        self.windowDuration = windowDuration
    }

    /// Samples that were placed and not taken.
    var count: Int { samples.count }

    mutating func take(_ event: ConversationEvent) {
        guard case .reply(let reply, .audio(let chunk)) = event else { return }
        if answers[reply.index] == nil {
            guard let resampler = try? Resampler(from: chunk.sampleRate, to: sampleRate) else { return }
            answers[reply.index] = Answer(resampler: resampler)
        }
        let more = (try? answers[reply.index]?.resampler.push(chunk.samples)) ?? []
        answers[reply.index]?.samples += more
        place()
    }

    mutating func take(_ entry: ReplayTrace.Entry) {
        waiting.append(entry)
        place()
    }

    /// What was heard first, filled up with silence.
    mutating func removeFirst(_ count: Int) -> [Float] {
        let taken = samples.prefix(count) + Array(repeating: 0, count: max(count - samples.count, 0))
        samples.removeFirst(min(count, samples.count))
        start += count
        return Array(taken)
    }

    private mutating func place() {
        while let entry = waiting.first {
            guard let reply = entry.reply, entry.heard > .zero else {
                waiting.removeFirst()
                continue
            }
            let end = Int(entry.heard / .seconds(1) * Double(sampleRate))
            // Its sound is on its way: an event that was taken, but not shown to us yet.
            guard var answer = answers[reply], answer.samples.count >= end - sampleRate / 50 else { return }
            waiting.removeFirst()
            let heard = answer.samples[min(answer.placedCount, answer.samples.count)..<min(end, answer.samples.count)]
            let position = Int(windowDuration * entry.windowCount / .seconds(1) * Double(sampleRate))
            let gap = position - heard.count - start - samples.count
            if gap > 0 { samples += Array(repeating: 0, count: gap) }
            samples += heard
            answer.placedCount = max(min(end, answer.samples.count), answer.placedCount)
            answers[reply] = answer
            answers = answers.filter { $0.key >= reply }
        }
    }
}
