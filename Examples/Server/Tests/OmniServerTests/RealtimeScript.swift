import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// A realtime conversation without a socket and without a model: what goes in, and what comes out in short. Commands
/// for the conversation are carried out at once.
struct RealtimeScript {
    var machine: RealtimeMachine
    private(set) var events: [ServerEvent] = []
    /// The question of the last reply that was asked for, and its limit.
    private(set) var question: RealtimeAction.Question?
    private(set) var stepLimit: Int?
    /// The settings that the conversation was last led by.
    private(set) var settings: SessionSettings?
    /// Audio that was handed over, and that of the last turn that the client or silence ended.
    private(set) var pushed: [AudioChunk] = []
    private(set) var committed: AudioChunk?
    private var uncommitted: [Float] = []
    private var (turnCount, replyCount) = (0, 0)
    private var spoken: TurnID?
    /// Whether a reply that begins drops the turn that is being spoken.
    var dropsSpeech = false

    init(turns: Bool = true, longestQuestion: Duration = .seconds(30)) {
        machine = RealtimeMachine(id: "t", model: "omni", longestQuestion: longestQuestion)
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
    mutating func tell(_ json: JSON) -> [String] { take(machine.receive(json)) }

    /// Takes an event of the conversation.
    @discardableResult
    mutating func hear(_ event: ConversationEvent) -> [String] { take(machine.handle(event)) }

    mutating func take(_ actions: [RealtimeAction]) -> [String] { actions.flatMap { take($0) } }

    private mutating func take(_ action: RealtimeAction) -> [String] {
        switch action {
        case .send(let event):
            events.append(event)
            return [event.type == "error" ? "error " + (event["error"]?["code"]?.string ?? "") : event.type]
        case .push(let chunk):
            pushed.append(chunk)
            uncommitted += chunk.samples
            return ["[push]"]
        case .change(let settings):
            self.settings = settings
            return []
        case .commit:
            let rate = pushed.last?.sampleRate ?? 24_000
            defer { uncommitted = [] }
            return endTurn(AudioChunk(uncommitted, sampleRate: rate))
        case .commitAudio(let audio): return endTurn(audio)
        case .clear:
            uncommitted = []
            return hear(.cleared)
        case .respond(let question, let modality, let limit):
            (self.question, stepLimit) = (question, limit)
            replyCount += 1
            let dropped = dropsSpeech ? speechDropped(milliseconds: 900) : []
            return dropped + ["[respond \(modality)]"] + hear(.replyBegan(ReplyID(index: replyCount - 1)))
        case .interrupt: return ["[stop]"]
        }
    }

    private mutating func endTurn(_ audio: AudioChunk) -> [String] {
        committed = audio
        return hear(.turnEnded(Turn(id: makeTurn(), audio: .zero..<audio.duration, end: audio.duration)))
    }

    private mutating func makeTurn() -> TurnID {
        defer { turnCount += 1 }
        return TurnID(index: turnCount)
    }

    // MARK: What the conversation makes known

    mutating func speechStarted(milliseconds: Int) -> [String] {
        let turn = makeTurn()
        spoken = turn
        return hear(.speechStarted(turn, at: .milliseconds(milliseconds)))
    }

    mutating func speechDropped(milliseconds: Int) -> [String] {
        guard let turn = spoken else { return [] }
        spoken = nil
        return hear(.speechDropped(turn, at: .milliseconds(milliseconds)))
    }

    /// The turn is over, and answered as the settings say.
    mutating func turnEnded(milliseconds: Int) -> [String] {
        let end = Duration.milliseconds(milliseconds)
        var turn = Turn(id: spoken ?? makeTurn(), audio: .zero..<end, end: end)
        spoken = nil
        if settings?.kind == .realtime, settings?.turns?.createsResponse == true {
            turn.reply = ReplyID(index: replyCount)
            replyCount += 1
        }
        return hear(.turnEnded(turn))
    }

    /// Speech over the reply, which the conversation stops by itself.
    mutating func interrupted() -> [String] {
        hear(.replyInterrupted(Interruption(reply: reply, heard: .zero, text: "")))
    }

    /// The last reply.
    var reply: ReplyID { ReplyID(index: replyCount - 1) }

    @discardableResult
    mutating func reply(_ event: OmniEvent) -> [String] { hear(.reply(reply, event)) }

    mutating func say(_ text: String) { reply(.text(text)) }

    mutating func audio(seconds: Double) {
        reply(.audio(AudioChunk(Array(repeating: 0.1, count: Int(seconds * 24_000)), sampleRate: 24_000)))
    }

    mutating func finish(_ ending: ReplyEnding = .completed) -> [String] {
        var metrics = ReplyMetrics(mode: .speechToSpeech)
        metrics.ending = ending
        return reply(.finished(metrics))
    }

    /// One second of audio in base64.
    static let second = JSON.string([UInt8](repeating: 0, count: 48_000).base64)
}
