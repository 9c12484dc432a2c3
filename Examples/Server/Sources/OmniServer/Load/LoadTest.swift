public import OmniCore
import OmniPipeline

/// People who talk with a server at once, each at the pace of life: a recorded question in real time, then listening to
/// the reply, then a pause, so that no speaker listens for more than a part of the time.
public struct LoadTest: Sendable {
    /// Where the server is.
    public var host = "127.0.0.1"
    public var port = 60_808
    public var apiKey: String?
    /// What is asked, in turn.
    public var questions: [AudioChunk]
    /// How long each speaker goes on; a turn that has begun is finished.
    public var duration = Duration.seconds(60)
    /// The part of the time that a speaker listens to answers, at most.
    public var listening = 0.4
    /// Audio that a player collects before it begins.
    public var playerBuffer = Duration.milliseconds(100)
    /// Steps of a reply; `nil` for as many as the model takes.
    public var maximumStepCount: Int?

    /// How long a reply may take.
    static let patience = Duration.seconds(120)

    /// - Parameter questions: recordings, at any rate; at least one.
    public init(questions: [AudioChunk]) { self.questions = questions }

    /// Lets so many people talk at once.
    public func run(speakerCount: Int) async throws -> LoadReport {
        let questions = try questions.map { try $0.resampled(to: AudioFormat.pcm.sampleRate) }
        let start = ContinuousClock.now
        let reports = try await withThrowingTaskGroup(of: LoadReport.self) { group in
            for index in 0..<speakerCount {
                let speaker = LoadSpeaker(test: self, questions: questions, index: index, end: start + duration)
                group.addTask {
                    // No two speakers begin at the same instant.
                    try await Task.sleep(for: .milliseconds(700) * index)
                    return try await speaker.talk()
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var total = LoadReport(speakerCount: speakerCount)
        for report in reports { total.add(report) }
        return total
    }
}

/// What speakers have met with.
public struct LoadReport: Sendable {
    public let speakerCount: Int
    /// Questions asked.
    public var turnCount = 0
    /// Questions that the server refused.
    public var refusedCount = 0
    /// Answers whose audio ran out in the middle, at least once.
    public var underrunCount = 0
    /// The longest that a listener had to wait in the middle of a reply.
    public var longestGap = Duration.zero
    /// From the end of a question to the first audio of its reply, sorted.
    public var timesToFirstAudio: [Duration] = []
    /// Audio heard.
    public var heard = Duration.zero

    init(speakerCount: Int) { self.speakerCount = speakerCount }

    mutating func add(_ other: LoadReport) {
        turnCount += other.turnCount
        refusedCount += other.refusedCount
        underrunCount += other.underrunCount
        longestGap = max(longestGap, other.longestGap)
        timesToFirstAudio = (timesToFirstAudio + other.timesToFirstAudio).sorted()
        heard += other.heard
    }

    /// The time that a part of the replies stayed below; `nil` without answers.
    public func timeToFirstAudio(percentile: Double) -> Duration? {
        guard !timesToFirstAudio.isEmpty else { return nil }
        let index = Int((percentile / 100 * Double(timesToFirstAudio.count)).rounded(.up)) - 1
        return timesToFirstAudio[min(max(index, 0), timesToFirstAudio.count - 1)]
    }
}
