import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// A realtime conversation without a socket: what goes in, and what comes out in short.
struct RealtimeScript {
    var machine = RealtimeMachine(id: "t", model: "omni")
    /// The last answer that was asked for.
    private(set) var response = ""
    private(set) var events: [ServerEvent] = []
    /// The question of the last answer that was asked for, and what was last to be written down or listened to.
    private(set) var question: RealtimeAction.Question?
    private(set) var transcribed: AudioChunk?
    private(set) var stepLimit: Int?
    private(set) var listened: [AudioChunk] = []

    init(turns: Bool = true) {
        _ = take(machine.begin())
        if !turns { tell(["type": "session.update", "session": ["audio": ["input": ["turn_detection": nil]]]]) }
        events = []
    }

    /// Changes the session.
    @discardableResult
    mutating func update(_ session: JSON) -> [String] { tell(["type": "session.update", "session": session]) }

    /// Sends bytes of audio.
    @discardableResult
    mutating func append(_ bytes: [UInt8]) -> [String] {
        tell(["type": "input_audio_buffer.append", "audio": .string(bytes.base64)])
    }

    /// The session as the server last said it is.
    var session: JSON? { events.last { $0.type.hasPrefix("session.") }?["session"] }

    /// Takes a client's event.
    ///
    /// - Returns: the types of events, and the actions in brackets.
    @discardableResult
    mutating func tell(_ json: JSON) -> [String] {
        take(machine.receive(json))
    }

    mutating func take(_ actions: [RealtimeAction]) -> [String] {
        actions.map { action in
            switch action {
            case .send(let event):
                events.append(event)
                return event.type == "error" ? "error " + (event["error"]?["code"]?.string ?? "") : event.type
            case .listen(let chunk):
                listened.append(chunk)
                return "[listen]"
            case .setTurns(let settings): return settings == nil ? "[hold]" : "[turns]"
            case .answer(let question, let response, let modality, let limit):
                (self.response, self.question, stepLimit) = (response, question, limit)
                return "[answer \(modality)]"
            case .stopAnswer: return "[stop]"
            case .endTurn: return "[end]"
            case .transcribe(let audio, _):
                transcribed = audio
                return "[transcribe]"
            }
        }
    }

    @discardableResult
    mutating func reply(_ event: OmniEvent) -> [String] { take(machine.hearReply(event, response: response)) }

    mutating func say(_ text: String) { reply(.text(text, ReplyID(index: 0))) }

    mutating func sound(seconds: Double) {
        reply(
            .audio(
                AudioChunk(Array(repeating: 0.1, count: Int(seconds * 24_000)), sampleRate: 24_000), ReplyID(index: 0)))
    }

    mutating func finish(_ ending: ReplyEnding = .completed) -> [String] {
        var metrics = ReplyMetrics(mode: .speechToSpeech)
        metrics.ending = ending
        return reply(.finished(metrics, ReplyID(index: 0)))
    }

    /// One second of sound in base64.
    static let second = JSON.string([UInt8](repeating: 0, count: 48_000).base64)
    static let speech = AudioChunk(Array(repeating: 0.1, count: 16_000), sampleRate: 16_000)
}
