/// What replies that share a thread have lately cost, and from that how many more it bears. Pure arithmetic on
/// measured times.
///
/// A scheduler measures while it works. A program can keep what one has measured, ``OmniScheduler/capacity``, for the
/// next scheduler of the same model on the same machine: that one then knows from the beginning what to refuse.
public struct CapacityEstimate: Sendable, Hashable {
    /// How fast old measurements are forgotten.
    private static let weight = 0.15

    /// A mean that follows its values.
    struct Mean: Sendable, Hashable {
        private(set) var value: Double?

        init(_ value: Double? = nil) { self.value = value }

        mutating func add(_ new: Double) {
            value = value.map { $0 + (new - $0) * CapacityEstimate.weight } ?? new
        }
    }

    /// Seconds from one step to the next with so many replies in each, everything between the steps included.
    private var roundSeconds: [Int: Mean] = [:]
    /// Seconds of audio that a step gives.
    private var audioSeconds = Mean()
    /// Seconds in the codec for each step of one reply.
    private var codecSeconds = Mean()
    private var chunkSeconds = Mean()
    /// Seconds of computing until a question is encoded and prefilled.
    private var prefillSeconds = Mean()
    /// Steps of a reply without audio.
    private var writtenSteps = Mean()
    /// Seconds from a question to the end of its reply.
    private var replySeconds = Mean()

    /// Nothing is known.
    public init() {}

    /// Whether enough is known to tell how many replies the machine bears.
    public var isKnown: Bool { load(width: 1) != nil }

    mutating func addRound(_ duration: Duration, width: Int) {
        roundSeconds[width, default: Mean()].add(duration.inSeconds)
    }

    mutating func addPrefillChunk(_ duration: Duration) { chunkSeconds.add(duration.inSeconds) }

    mutating func addPrefill(_ duration: Duration) { prefillSeconds.add(duration.inSeconds) }

    /// - Parameters:
    ///   - audio: how long the reply lasts.
    ///   - codec: how long the codec took for it.
    ///   - stepCount: steps it took.
    ///   - total: from the question to its end.
    mutating func addReply(audio: Duration, codec: Duration, stepCount: Int, total: Duration) {
        replySeconds.add(total.inSeconds)
        guard stepCount >= 20, audio > .zero else { return }
        audioSeconds.add(audio.inSeconds / Double(stepCount))
        codecSeconds.add(codec.inSeconds / Double(stepCount))
    }

    /// A reply without audio took so many steps.
    mutating func addWritten(stepCount: Int) { writtenSteps.add(Double(stepCount)) }

    /// What a prefill chunk and the next step of `width` replies take, a little more than on average.
    func interruption(width: Int) -> Duration {
        .seconds(1.5 * (chunkSeconds.value ?? 0.05) + (round(width: max(width, 1)) ?? 0.05))
    }

    /// Seconds from step to step with `width` replies. Between measured widths and beyond them every reply is counted
    /// as half of the first one, which is more than it costs an engine that reads its weights once for all.
    private func round(width: Int) -> Double? {
        guard let known = roundSeconds[width]?.value else {
            guard let nearest = roundSeconds.keys.min(by: { (abs($0 - width), $0) < (abs($1 - width), $1) }),
                let known = round(width: nearest)
            else { return nil }
            return known * Double(width + 1) / Double(nearest + 1)
        }
        // A step costs no more than several narrower ones. Without this, one bad measurement would last: no further
        // reply would be admitted, and so that width would not be measured again.
        guard let narrower = roundSeconds.keys.filter({ $0 < width }).max(), let bound = round(width: narrower) else {
            return known
        }
        return min(known, bound * Double(width) / Double(narrower))
    }

    /// The part of the time that `width` replies at once take to keep their listeners supplied: beyond 1 a
    /// listener's audio runs out. `nil` before anything was measured.
    ///
    /// One thread makes all audio, at best beside the steps: whichever of both takes longer counts.
    func load(width: Int) -> Double? {
        guard width > 0 else { return 0 }
        guard let round = round(width: width), let audio = audioSeconds.value else { return nil }
        return max(round, Double(width) * (codecSeconds.value ?? 0)) / audio
    }

    /// How long the work takes that a new question waits for, in the time that listeners leave.
    ///
    /// - Parameters:
    ///   - prefilling: questions that are being encoded and prefilled.
    ///   - writing: replies without audio, which all step together.
    ///   - speaking: replies that have a listener.
    func backlog(prefilling: Int, writing: Int, speaking: Int) -> Duration {
        let free = max(1 - (load(width: speaking) ?? 0), 0.05)
        let prefills = Double(prefilling) * (prefillSeconds.value ?? 0)
        let steps = writing > 0 ? (writtenSteps.value ?? 0) * (round(width: writing) ?? 0) : 0
        return .seconds((prefills + steps) / free)
    }

    /// When one of `count` replies will probably have ended.
    func timeToNextEnd(among count: Int) -> Duration {
        .seconds((replySeconds.value ?? 2) / Double(max(count, 1)))
    }
}

extension CapacityEstimate: Codable {
    private enum CodingKeys: String, CodingKey {
        case roundSeconds, audioSeconds, codecSeconds, chunkSeconds, prefillSeconds, writtenSteps, replySeconds
    }

    /// - Throws: `DecodingError` for values that no measurement gives.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func mean(_ key: CodingKeys) throws -> Mean {
            Mean(try fields.decodeIfPresent(Double.self, forKey: key).map { try Self.possible($0, key, fields) })
        }
        // What a round takes, and the audio that it makes, are divided by.
        audioSeconds = try mean(.audioSeconds)
        if audioSeconds.value == 0 { throw Self.impossible(0, .audioSeconds, fields) }
        codecSeconds = try mean(.codecSeconds)
        chunkSeconds = try mean(.chunkSeconds)
        prefillSeconds = try mean(.prefillSeconds)
        writtenSteps = try mean(.writtenSteps)
        replySeconds = try mean(.replySeconds)
        for (width, seconds) in try fields.decode([Int: Double].self, forKey: .roundSeconds) {
            guard (1...Self.maximumWidth).contains(width) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .roundSeconds, in: fields, debugDescription: "a step of \(width) replies")
            }
            guard seconds > 0 else { throw Self.impossible(seconds, .roundSeconds, fields) }
            roundSeconds[width] = Mean(try Self.possible(seconds, .roundSeconds, fields))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(roundSeconds.compactMapValues(\.value), forKey: .roundSeconds)
        try fields.encodeIfPresent(audioSeconds.value, forKey: .audioSeconds)
        try fields.encodeIfPresent(codecSeconds.value, forKey: .codecSeconds)
        try fields.encodeIfPresent(chunkSeconds.value, forKey: .chunkSeconds)
        try fields.encodeIfPresent(prefillSeconds.value, forKey: .prefillSeconds)
        try fields.encodeIfPresent(writtenSteps.value, forKey: .writtenSteps)
        try fields.encodeIfPresent(replySeconds.value, forKey: .replySeconds)
    }

    private static let maximumWidth = 4096

    /// Seconds or steps: from nothing to days.
    private static func possible(
        _ value: Double, _ key: CodingKeys, _ fields: KeyedDecodingContainer<CodingKeys>
    ) throws -> Double {
        guard (0...1e6).contains(value) else { throw impossible(value, key, fields) }
        return value
    }

    private static func impossible(
        _ value: Double, _ key: CodingKeys, _ fields: KeyedDecodingContainer<CodingKeys>
    ) -> DecodingError {
        .dataCorruptedError(forKey: key, in: fields, debugDescription: "\(value)")
    }
}
