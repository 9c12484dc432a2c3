import OmniCore
import OmniPipeline
import OmniWhisper

/// Translates between a client of the Realtime API and a conversation: the client's events and the conversation's
/// events go in, events for the client and commands for the conversation come out. Pure: no clock, no task, no socket;
/// a list of events tests it.
struct RealtimeMachine: Sendable {
    let id: String
    private let model: String
    private let findsTurns: Bool
    /// Samples of audio that a step of a reply makes, at the codec's rate.
    let samplesPerStep: Int
    /// The longest question that the model hears to its end.
    private let longestQuestion: Duration
    private(set) var settings: SessionSettings
    var items = ConversationItems()
    var response: RealtimeResponse?
    private var nameCount = 0
    private var decoder: AudioDecoder
    /// Samples that wait for the client to commit them, at the input format's rate.
    private var bufferedSampleCount = 0
    /// Audio that came so far, in milliseconds: places in events count from its beginning.
    private(set) var heardMilliseconds = 0
    /// Samples that came since the format changed, and where that was.
    private var (formatSampleCount, formatStart) = (0, 0)
    /// The turns of the conversation and their items.
    var turns = RealtimeTurns()
    /// Responses that the conversation was asked for and whose replies have not begun.
    var awaitedResponses: [String] = []
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
    ///   - languages: those of the server's transcriber; `nil` without one.
    ///   - samplesPerStep: how much audio a step of a reply makes, at the codec's rate.
    ///   - longestQuestion: how much of a question the model hears.
    init(
        id: String, model: String, kind: SessionSettings.Kind = .realtime, findsTurns: Bool = true,
        languages: [WhisperLanguage]? = nil, samplesPerStep: Int = 2048,
        longestQuestion: Duration = .seconds(30)
    ) {
        self.id = id
        self.model = model
        self.findsTurns = findsTurns
        self.samplesPerStep = samplesPerStep
        self.longestQuestion = longestQuestion
        settings = SessionSettings(kind, languages: languages)
        decoder = AudioDecoder(settings.inputFormat)
        if !findsTurns { settings.turns = nil }
    }

    private var session: JSON { settings.json(id: "sess_" + id, model: model) }

    mutating func makeName(_ prefix: String) -> String {
        nameCount += 1
        return "\(prefix)_\(id)_\(nameCount)"
    }

    /// The conversation begins.
    func begin() -> [RealtimeAction] { [.send(.sessionCreated(session)), .change(settings)] }

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
        case .clearAudio: clear(isTold: true)
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
        guard !formatChanged || bufferedSampleCount == 0 && !turns.isSpeaking else {
            throw .invalid(
                "the input format cannot change while audio waits to be committed", code: "invalid_state",
                parameter: "session.audio.input.format")
        }
        let isSwitched = (changed.turns == nil) != (settings.turns == nil)
        let timeoutChanged = changed.turns?.idleTimeout != settings.turns?.idleTimeout
        settings = changed
        if timeoutChanged { idleTimeout.restart(at: heardMilliseconds) }
        if formatChanged {
            decoder = AudioDecoder(settings.inputFormat)
            (formatSampleCount, formatStart) = (0, heardMilliseconds)
            idleTimeout.restart(at: heardMilliseconds)
        }
        let cleared = isSwitched ? forgetAudio() : []
        return [.send(.sessionUpdated(session))] + cleared + [.change(settings)]
    }

    /// Forgets the audio of which no turn can come any more: from now on the other side ends the turns. The client is
    /// told where it knows of that audio.
    private mutating func forgetAudio() -> [RealtimeAction] {
        let item = turns.spoken?.item ?? turns.kept?.item
        let stopped = item.map {
            RealtimeAction.send(.speechStopped(milliseconds: heardMilliseconds, item: $0))
        }
        return [stopped].compactMap(\.self) + clear(isTold: item != nil || bufferedSampleCount > 0)
    }

    /// Forgets the turn in progress.
    ///
    /// - Parameter isTold: whether the client is told.
    private mutating func clear(isTold: Bool) -> [RealtimeAction] {
        bufferedSampleCount = 0
        decoder.reset()
        idleTimeout.stop()
        turns.clear(isTold: isTold)
        return [.clear]
    }

    // MARK: Audio

    private mutating func append(_ bytes: [UInt8]) throws(APIError) -> [RealtimeAction] {
        let rate = settings.inputFormat.sampleRate
        var decoder = decoder
        let samples = decoder.decode(bytes)
        guard
            settings.turns != nil || bufferedSampleCount + samples.count <= Self.maximumBufferedSeconds * rate
        else {
            throw .invalid(
                "more than \(Self.maximumBufferedSeconds) s of audio wait to be committed",
                code: "input_audio_buffer_full")
        }
        self.decoder = decoder
        guard !samples.isEmpty else { return [] }
        formatSampleCount += samples.count
        heardMilliseconds = formatStart + formatSampleCount * 1000 / rate
        let chunk = AudioChunk(samples, sampleRate: rate)
        guard let turns = settings.turns else {
            bufferedSampleCount += samples.count
            return [.push(chunk)]
        }
        // Before it is processed: what is heard in it may stop the reply that begins here.
        return forgetKeptSpeech(turns) + waitForClient(chunk, turns) + [.push(chunk)]
    }

    private mutating func commit() throws(APIError) -> [RealtimeAction] {
        guard settings.turns == nil else {
            // Nothing waits for the client. The code is the one that clients know and pass over.
            throw .invalid("with turn_detection the server commits", code: "input_audio_buffer_commit_empty")
        }
        let rate = settings.inputFormat.sampleRate
        guard bufferedSampleCount * 1000 >= Self.minimumCommittedMilliseconds * rate else {
            throw .invalid(
                "\(bufferedSampleCount * 1000 / rate) ms of audio are no question; there must be "
                    + "\(Self.minimumCommittedMilliseconds)",
                code: "input_audio_buffer_commit_empty")
        }
        bufferedSampleCount = 0
        decoder.reset()
        idleTimeout.stop()
        let item = makeName("item")
        turns.committed.append(item)
        return [.commit] + commitItem(item)
    }

    /// The turn that ended last enters the conversation.
    mutating func commitItem(_ id: String) -> [RealtimeAction] {
        let previous = items.lastID
        let item = ConversationItem(id: id, role: .user, content: [.speech(.lastTurn, transcript: nil)])
        return [.send(.committed(item: id, after: previous))] + add(item)
    }

    // MARK: Silence

    /// After a reply, a client that says nothing for long gets another: what was heard meanwhile is its question.
    private mutating func waitForClient(_ chunk: AudioChunk, _ turns: TurnDetection) -> [RealtimeAction] {
        guard let timeout = turns.idleTimeout, settings.kind == .realtime, response == nil, !self.turns.isSpeaking,
            let (audio, start) = idleTimeout.hear(
                chunk, end: heardMilliseconds, timeout: timeout, longest: longestQuestion)
        else { return [] }
        let id = makeName("item")
        self.turns.committed.append(id)
        let triggered = ServerEvent.timeoutTriggered(from: start, to: heardMilliseconds, item: id)
        return [.send(triggered), .commitAudio(audio)] + commitItem(id) + answer(.lastTurn, ResponseRequest())
    }
}
