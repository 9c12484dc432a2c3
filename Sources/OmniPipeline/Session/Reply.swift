public import OmniCore

/// A whole reply.
public struct Reply: Sendable, Hashable {
    /// What was said.
    public var text: String
    /// Its audio; `nil` when there is none, as in modes that do not speak.
    public var audio: AudioChunk?
    /// What the reply suffers from.
    public var warnings: [ReplyWarning]
    /// What it took.
    public var metrics: ReplyMetrics

    /// Everything chosen, one list a stream: the audio streams, then text.
    public var tokens: [[Int32]] { metrics.chosenTokens }

    /// Bundles what a reply consists of.
    public init(text: String, audio: AudioChunk?, warnings: [ReplyWarning] = [], metrics: ReplyMetrics) {
        self.text = text
        self.audio = audio
        self.warnings = warnings
        self.metrics = metrics
    }
}

extension OmniSession {
    /// Answers a spoken question and collects the reply.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; otherwise what
    ///   ``respond(to:mode:options:)-(AudioChunk,_,_)`` fails with. An interruption is no error: see
    ///   ``ReplyMetrics/ending``.
    public func answer(
        to utterance: AudioChunk, mode: ReplyMode? = nil, options: ReplyOptions = ReplyOptions()
    ) async throws -> Reply {
        try await Reply(collecting: respond(to: utterance, mode: mode, options: options))
    }

    /// Answers a written question and collects the reply.
    ///
    /// - Throws: as for a spoken question.
    public func answer(
        to text: String, mode: ReplyMode? = nil, options: ReplyOptions = ReplyOptions()
    ) async throws -> Reply {
        try await Reply(collecting: respond(to: text, mode: mode, options: options))
    }
}

extension Reply {
    /// Collects the events of one reply.
    ///
    /// - Throws: what the events fail with; `CancellationError` when they end without ``OmniEvent/finished(_:)``.
    public init<Events: AsyncSequence>(collecting events: Events) async throws where Events.Element == OmniEvent {
        var collector = ReplyCollector()
        for try await event in events { collector.take(event) }
        guard let reply = collector.reply else { throw CancellationError() }
        self = reply
    }
}

/// Puts a ``Reply`` together from its events, for a consumer that also shows them as they come.
public struct ReplyCollector: Sendable {
    private var text = ""
    private var chunks: [AudioChunk] = []
    private var warnings: [ReplyWarning] = []
    private var metrics: ReplyMetrics?

    /// Collects nothing yet.
    public init() {}

    /// Takes the next event.
    public mutating func take(_ event: OmniEvent) {
        switch event {
        case .text(let delta): text += delta
        case .audio(let chunk): chunks.append(chunk)
        case .warning(let warning): warnings.append(warning)
        case .finished(let found): metrics = found
        case .started: break
        }
    }

    /// The whole reply; `nil` before ``OmniEvent/finished(_:)``.
    public var reply: Reply? {
        guard let metrics else { return nil }
        let audio = chunks.first.map { AudioChunk(chunks.flatMap(\.samples), sampleRate: $0.sampleRate) }
        return Reply(text: text, audio: audio, warnings: warnings, metrics: metrics)
    }
}
