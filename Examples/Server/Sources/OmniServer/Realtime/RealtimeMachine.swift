import OmniCore
import OmniPipeline

/// The server's side of a realtime conversation: what the client says, what was heard and what the model answers go in,
/// and what is to be done comes out. Pure: no clock, no task, no socket; a list of events tests it.
struct RealtimeMachine: Sendable {
    let id: String
    private let model: String
    private let findsTurns: Bool
    private(set) var settings: SessionSettings
    var items = ConversationItems()
    var response: RealtimeResponse?
    private var nameCount = 0
    private var decoder: AudioDecoder
    /// What the client said and did not commit yet, where it decides on turns. At the input format's rate.
    private var buffer: [Float] = []
    /// Audio that came so far, in milliseconds: places in events count from its beginning.
    private(set) var heardMilliseconds = 0
    /// Samples that came since the format changed, and where that was.
    private var (formatSampleCount, formatStart) = (0, 0)
    /// Where in the audio the listener for turns began.
    private var listenerStart = 0
    /// The item that is being spoken.
    private var spokenItem: String?
    var idleTimeout = IdleTimeout()

    /// The longest audio that waits to be committed.
    static let maximumBufferedSeconds = 60
    /// The longest name that a client gives an item.
    static let maximumNameLength = 64
    /// The shortest that is a question.
    static let minimumCommittedMilliseconds = 100

    /// - Parameters:
    ///   - id: tells this conversation's names from others'.
    ///   - model: what the model is called.
    ///   - kind: what the session begins as.
    ///   - findsTurns: whether there is a voice activity detector; without one the client decides on turns.
    init(id: String, model: String, kind: SessionSettings.Kind = .realtime, findsTurns: Bool = true) {
        self.id = id
        self.model = model
        self.findsTurns = findsTurns
        settings = SessionSettings(kind)
        decoder = AudioDecoder(settings.inputFormat)
        if !findsTurns { settings.turns = nil }
    }

    private var session: JSON { settings.json(id: "sess_" + id, model: model) }

    mutating func makeName(_ prefix: String) -> String {
        nameCount += 1
        return "\(prefix)_\(id)_\(nameCount)"
    }

    /// The conversation begins.
    func begin() -> [RealtimeAction] {
        [.send(.sessionCreated(session)), .setTurns(settings.turns?.turnSettings)]
    }

    /// Takes an event of the client's. What cannot be done is answered with an error event, and changes nothing.
    mutating func receive(_ json: JSON) -> [RealtimeAction] {
        do {
            return try perform(try NamedClientEvent(json).event)
        } catch {
            return [.send(.error(error, cause: NamedClientEvent.name(of: json)))]
        }
    }

    /// A binary message came.
    func receiveBinary() -> [RealtimeAction] {
        let error = APIError.invalid(
            "an event is JSON in a text message; audio goes into input_audio_buffer.append, in base64",
            code: "invalid_event")
        return [.send(.error(error, cause: nil))]
    }

    private mutating func perform(_ event: ClientEvent) throws(APIError) -> [RealtimeAction] {
        switch event {
        case .updateSession(let update): try change(update)
        case .appendAudio(let bytes): try append(bytes)
        case .commitAudio: try commit()
        case .clearAudio: clear()
        case .createItem(let item, let place): try create(item, at: place)
        case .truncateItem(let id, let index, let milliseconds): try truncate(id, index, at: milliseconds)
        case .deleteItem(let id): try delete(id)
        case .retrieveItem(let id): [.send(.itemRetrieved(try item(id, to: "retrieve").json))]
        case .createResponse(let request): try respond(request)
        case .cancelResponse(let id): try cancel(id)
        }
    }

    // MARK: Session

    private mutating func change(_ update: JSON) throws(APIError) -> [RealtimeAction] {
        let changed = try settings.applying(Fields(update, path: "session"))
        guard findsTurns || changed.turns == nil else {
            throw .invalid(
                "this model has no voice activity detector: set turn_detection to null, commit and ask yourself",
                code: "unsupported_value", parameter: "session.audio.input.turn_detection")
        }
        guard changed.kind == settings.kind || response == nil else {
            throw .invalid(
                "the type of a session cannot change while a response is made", code: "invalid_state",
                parameter: "session.type")
        }
        let formatChanged = changed.inputFormat != settings.inputFormat
        guard !formatChanged || buffer.isEmpty && spokenItem == nil else {
            throw .invalid(
                "the input format cannot change while audio waits to be committed", code: "invalid_state",
                parameter: "session.audio.input.format")
        }
        let turnsChanged = changed.turns != settings.turns
        settings = changed
        var actions: [RealtimeAction] = [.send(.sessionUpdated(session))]
        if formatChanged {
            decoder = AudioDecoder(settings.inputFormat)
            (formatSampleCount, formatStart) = (0, heardMilliseconds)
            idleTimeout.restart(at: heardMilliseconds)
        }
        if turnsChanged {
            forgetInput()
            actions.append(listenAnew())
        }
        return actions
    }

    private mutating func forgetInput() {
        buffer = []
        decoder.reset()
        spokenItem = nil
        idleTimeout.stop()
    }

    /// Finds turns from here on, or none.
    private mutating func listenAnew() -> RealtimeAction {
        listenerStart = heardMilliseconds
        return .setTurns(settings.turns?.turnSettings)
    }

    // MARK: Audio

    private mutating func append(_ bytes: [UInt8]) throws(APIError) -> [RealtimeAction] {
        let rate = settings.inputFormat.sampleRate
        var decoder = decoder
        let samples = decoder.decode(bytes)
        guard settings.turns != nil || buffer.count + samples.count <= Self.maximumBufferedSeconds * rate else {
            throw .invalid(
                "more than \(Self.maximumBufferedSeconds) s of audio wait to be committed",
                code: "input_audio_buffer_full")
        }
        self.decoder = decoder
        guard !samples.isEmpty else { return [] }
        formatSampleCount += samples.count
        heardMilliseconds = formatStart + formatSampleCount * 1000 / rate
        guard let turns = settings.turns else {
            buffer += samples
            return []
        }
        let chunk = AudioChunk(samples, sampleRate: rate)
        // Before it is listened to: what is heard in it may stop the reply that begins here.
        return waitForClient(chunk, turns) + [.listen(chunk)]
    }

    private mutating func commit() throws(APIError) -> [RealtimeAction] {
        guard settings.turns == nil else {
            // Nothing waits for the client. The code is the one that clients know and pass over.
            throw .invalid("with turn_detection the server commits", code: "input_audio_buffer_commit_empty")
        }
        let rate = settings.inputFormat.sampleRate
        guard buffer.count * 1000 >= Self.minimumCommittedMilliseconds * rate else {
            throw .invalid(
                "\(buffer.count * 1000 / rate) ms of audio are no question; there must be \(Self.minimumCommittedMilliseconds)",
                code: "input_audio_buffer_commit_empty")
        }
        let audio = AudioChunk(buffer, sampleRate: rate)
        forgetInput()
        return hear(audio, as: makeName("item"))
    }

    private mutating func clear() -> [RealtimeAction] {
        forgetInput()
        let restart = settings.turns == nil ? [] : [listenAnew()]
        return restart + [.send(.cleared)]
    }

    /// A spoken question enters the conversation.
    private mutating func hear(_ audio: AudioChunk, as id: String) -> [RealtimeAction] {
        let previous = items.lastID
        var actions: [RealtimeAction] = [.send(.committed(item: id, after: previous))]
        actions += add(ConversationItem(id: id, role: .user, content: [.speech(audio, transcript: nil)]))
        if settings.transcribesInput { actions.append(.transcribe(audio, item: id)) }
        return actions
    }

    // MARK: Silence

    /// After a reply, a client that says nothing for long gets another: what was heard meanwhile is its question.
    private mutating func waitForClient(_ chunk: AudioChunk, _ turns: TurnDetection) -> [RealtimeAction] {
        guard let timeout = turns.idleTimeout, settings.kind == .realtime, response == nil, spokenItem == nil,
            let (audio, start) = idleTimeout.hear(chunk, end: heardMilliseconds, timeout: timeout)
        else { return [] }
        let id = makeName("item")
        let triggered = ServerEvent.timeoutTriggered(from: start, to: heardMilliseconds, item: id)
        return [.send(triggered)] + hear(audio, as: id) + answer(.speech(audio), ResponseRequest())
    }

    // MARK: Turns

    /// The speaker began; with ``TurnDetection/interruptsResponse`` that stops a response.
    ///
    /// - Parameter milliseconds: where, from the beginning of what the listener heard.
    mutating func turnBegan(milliseconds: Int) -> [RealtimeAction] {
        let id = makeName("item")
        spokenItem = id
        let start = listenerStart + milliseconds
        var actions: [RealtimeAction] = [.send(.speechStarted(milliseconds: start, item: id))]
        if settings.turns?.interruptsResponse == true { actions += stopResponse(reason: "turn_detected") }
        return actions
    }

    /// What began was no turn.
    mutating func turnDropped(milliseconds: Int) -> [RealtimeAction] {
        guard let id = spokenItem else { return [] }
        spokenItem = nil
        idleTimeout.restart(at: heardMilliseconds)
        return [.send(.speechStopped(milliseconds: listenerStart + milliseconds, item: id)), .send(.cleared)]
    }

    /// Whether a turn that ends now is answered.
    var answersTurns: Bool {
        settings.kind == .realtime && settings.turns?.createsResponse == true && response == nil
    }

    /// The turn is over.
    mutating func turnEnded(_ audio: AudioChunk, milliseconds: Int) -> [RealtimeAction] {
        let id = spokenItem ?? makeName("item")
        spokenItem = nil
        idleTimeout.stop()
        var actions: [RealtimeAction] = [.send(.speechStopped(milliseconds: listenerStart + milliseconds, item: id))]
        actions += hear(audio, as: id)
        guard answersTurns else { return actions + [.endTurn] }
        return actions + answer(.speech(audio), ResponseRequest())
    }
}
