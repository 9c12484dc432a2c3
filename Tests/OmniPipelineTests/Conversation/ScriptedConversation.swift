import OmniCore
import OmniPipeline
import OmniTesting

/// A conversation with scripted parts. Time is simulated, a window lasts 32 ms, and so does a frame of the reply's
/// audio.
struct ScriptedConversation {
    var model: ScriptedModel
    var encoder = ScriptedEncoder()
    var codec = ScriptedCodec(outputSampleRate: 1000, samplesPerFrame: 32)
    var options: ConversationOptions

    /// - Parameter answer: what is answered, a step a letter. An endless one starts over.
    init(
        _ answer: String, isEndless: Bool = false, change: (inout ConversationOptions) -> Void = { _ in }
    ) {
        model = ScriptedModel(ScriptedStep.spelling(answer), isEndless: isEndless)
        options = ConversationOptions()
        options.turns = TurnTimeline.settings
        options.pace = .simulated
        options.voiceActivity = ScriptedVoiceActivity()
        change(&options)
    }

    func makeSession() -> OmniSession {
        ScriptedPipeline(encoder: encoder, model: model, codec: codec, tokenizer: ScriptedTokenizer()).makeSession()
    }

    /// Windows as ``TurnTimeline`` writes them: `S` speech, `w` between the thresholds, anything else silence.
    static func audio(_ line: String) -> [Float] {
        line.flatMap { character -> [Float] in
            let amplitude: Float =
                switch character {
                case "S": 0.9
                case "w": 0.4
                default: 0.1
                }
            return Array(repeating: amplitude, count: TurnTimeline.windowSampleCount)
        }
    }

    /// Converses about a line, a chunk for each window.
    func begin(_ line: String) -> Conversation {
        begin(line.map { AudioChunk(Self.audio(String($0)), sampleRate: 16_000) })
    }

    func begin(_ chunks: [AudioChunk]) -> Conversation {
        makeSession().converse(listeningTo: Chunks(chunks), options: options)
    }

    /// All events about a line in short.
    func play(_ line: String) async throws -> String { try await sketch(begin(line)) }
}

/// Audio that is there at once.
struct Chunks: AsyncSequence, Sendable {
    typealias Element = AudioChunk
    let chunks: [AudioChunk]

    init(_ chunks: [AudioChunk]) { self.chunks = chunks }

    struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: IndexingIterator<[AudioChunk]>
        mutating func next() async -> AudioChunk? { iterator.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: chunks.makeIterator()) }
}

extension ConversationEvent {
    /// An event in short, so that a test can state a whole conversation in one line. Turns as ``TurnTimeline`` writes
    /// them:
    /// `[` `-` `?` `x` `]` · the reply as ``OmniEvent/sketch`` does · `p3` it pauses, 3 frames of it heard · `r` it
    /// goes on ·
    /// `!3ab ` it is stopped, 3 frames and "ab" heard · `/` it was heard to the end · `E` it failed · `"a"` a
    /// transcript ·
    /// `W` a warning · `;` the end.
    var sketch: String {
        switch self {
        case .speechStarted: "["
        case .speechDropped: "-"
        case .preparing: "?"
        case .preparationDropped: "x"
        case .turnEnded: "]"
        case .transcript(let text, _): text
        case .transcribed(let text, _): "\"\(text)\""
        case .reply(_, let event): event.sketch
        case .replyPaused(_, let heard): "p\(heard.frames)"
        case .replyResumed: "r"
        case .replyInterrupted(let interruption): "!\(interruption.heard.frames)\(interruption.text) "
        case .replyTruncated(let interruption): "t\(interruption.heard.frames)\(interruption.text) "
        case .replyHeard: "/"
        case .replyFailed, .transcriptionFailed: "E"
        case .replyBegan, .cleared, .transcriptionMeasured: ""
        case .window: "."
        case .warning: "W"
        case .finished: ";"
        }
    }
}

extension Duration {
    /// How many frames of 32 ms.
    fileprivate var frames: Int { Int(self / .milliseconds(32)) }
}

/// All events of a conversation in short.
func sketch(_ conversation: Conversation) async throws -> String {
    var text = ""
    for try await event in conversation { text += event.sketch }
    return text
}
