import OmniCore
import OmniPipeline

/// The server's side of a realtime conversation: what the client says, what was heard and what the model answers go in, and
/// what is to be done comes out. Pure: no clock, no task, no socket; a list of events tests it.
struct RealtimeMachine: Sendable {
    let id: String
    private let model: String
    private let findsTurns: Bool
    private(set) var settings = SessionSettings()
    private(set) var items = ConversationItems()
    var response: RealtimeResponse?
    private var nameCount = 0
    /// What the client said and did not commit yet, where it decides on turns. At the input format's rate.
    private var buffer: [Float] = []
    /// Sound that came so far, in milliseconds: places in events count from its beginning.
    private(set) var heardMilliseconds = 0
    /// The item that is being spoken.
    private var spokenItem: String?

    /// The longest sound that waits to be committed.
    static let maximumBufferedSeconds = 60
    /// The longest name that a client gives an item.
    static let maximumNameLength = 64
    /// The shortest that is a question.
    static let minimumCommittedMilliseconds = 100

    /// - Parameters:
    ///   - id: tells this conversation's names from others'.
    ///   - model: what the model is called.
    ///   - findsTurns: whether there is a voice activity detector; without one the client decides on turns.
    init(id: String, model: String, findsTurns: Bool = true) {
        self.id = id
        self.model = model
        self.findsTurns = findsTurns
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
    mutating func receive(_ named: NamedClientEvent) -> [RealtimeAction] {
        do {
            return try perform(named.event)
        } catch {
            return [.send(.error(error, cause: named.id))]
        }
    }

    private mutating func perform(_ event: ClientEvent) throws(APIError) -> [RealtimeAction] {
        switch event {
        case .updateSession(let update): try change(update)
        case .appendAudio(let bytes): try append(bytes)
        case .commitAudio: try commit()
        case .clearAudio: clear()
        case .createItem(let item, let previous): try create(item, after: previous)
        case .truncateItem(let id, let index, let milliseconds): try truncate(id, index, at: milliseconds)
        case .deleteItem(let id): try delete(id)
        case .retrieveItem(let id): [.send(.itemRetrieved(try item(id).json))]
        case .createResponse(let request): try respond(request)
        case .cancelResponse(let id): try cancel(id)
        }
    }

    // MARK: Session

    private mutating func change(_ update: SessionUpdate) throws(APIError) -> [RealtimeAction] {
        var changed = settings
        changed.apply(update)
        guard findsTurns || changed.turns == nil else {
            throw .invalid(
                "this model has no voice activity detector: set turn_detection to null, commit and ask yourself",
                code: "unsupported_value", parameter: "session.audio.input.turn_detection")
        }
        if changed.inputFormat != settings.inputFormat, !buffer.isEmpty || spokenItem != nil {
            throw .invalid("the input format cannot change while there is sound to be committed", code: "invalid_state")
        }
        let turnsChanged = changed.turns != settings.turns
        settings = changed
        var actions: [RealtimeAction] = [.send(.sessionUpdated(session))]
        if turnsChanged {
            buffer = []
            spokenItem = nil
            actions.append(.setTurns(settings.turns?.turnSettings))
        }
        return actions
    }

    // MARK: Sound

    private mutating func append(_ bytes: [UInt8]) throws(APIError) -> [RealtimeAction] {
        let format = settings.inputFormat
        let samples = format.decode(bytes)
        guard !samples.isEmpty else { return [] }
        guard settings.turns == nil else {
            heardMilliseconds += format.milliseconds(byteCount: bytes.count)
            return [.listen(AudioChunk(samples, sampleRate: format.sampleRate))]
        }
        guard buffer.count + samples.count <= Self.maximumBufferedSeconds * format.sampleRate else {
            throw .invalid(
                "more than \(Self.maximumBufferedSeconds) s of sound wait to be committed",
                code: "input_audio_buffer_full")
        }
        heardMilliseconds += format.milliseconds(byteCount: bytes.count)
        buffer += samples
        return []
    }

    private mutating func commit() throws(APIError) -> [RealtimeAction] {
        guard settings.turns == nil else {
            throw .invalid("with turn_detection the server commits", code: "invalid_state")
        }
        let rate = settings.inputFormat.sampleRate
        guard buffer.count * 1000 >= Self.minimumCommittedMilliseconds * rate else {
            throw .invalid(
                "\(buffer.count * 1000 / rate) ms of sound are no question; there must be \(Self.minimumCommittedMilliseconds)",
                code: "input_audio_buffer_commit_empty")
        }
        let sound = AudioChunk(buffer, sampleRate: rate)
        buffer = []
        return hear(sound, as: makeName("item"))
    }

    private mutating func clear() -> [RealtimeAction] {
        buffer = []
        spokenItem = nil
        let restart: [RealtimeAction] = settings.turns.map { [.setTurns($0.turnSettings)] } ?? []
        return restart + [.send(.cleared)]
    }

    /// A spoken question enters the conversation.
    private mutating func hear(_ sound: AudioChunk, as id: String) -> [RealtimeAction] {
        let previous = items.lastID
        var actions: [RealtimeAction] = [.send(.committed(item: id, after: previous))]
        actions += add(ConversationItem(id: id, role: .user, content: .speech(sound, transcript: nil)))
        if settings.transcribesInput { actions.append(.transcribe(sound, item: id)) }
        return actions
    }

    // MARK: Turns

    /// Somebody began to speak; with ``SessionSettings/TurnDetection/interruptsResponse`` that stops an answer.
    mutating func turnBegan(milliseconds: Int) -> [RealtimeAction] {
        let id = makeName("item")
        spokenItem = id
        var actions: [RealtimeAction] = [.send(.speechStarted(milliseconds: milliseconds, item: id))]
        if settings.turns?.interruptsResponse == true { actions += stopResponse(reason: "turn_detected") }
        return actions
    }

    /// What began was no turn.
    mutating func turnDropped(milliseconds: Int) -> [RealtimeAction] {
        guard let id = spokenItem else { return [] }
        spokenItem = nil
        return [.send(.speechStopped(milliseconds: milliseconds, item: id)), .send(.cleared)]
    }

    /// Whether a turn that ends now is answered.
    var answersTurns: Bool { settings.turns?.createsResponse == true && response == nil }

    /// The turn is over.
    mutating func turnEnded(_ sound: AudioChunk, milliseconds: Int) -> [RealtimeAction] {
        let id = spokenItem ?? makeName("item")
        spokenItem = nil
        var actions: [RealtimeAction] = [.send(.speechStopped(milliseconds: milliseconds, item: id))]
        actions += hear(sound, as: id)
        guard answersTurns else { return actions + [.endTurn] }
        return actions + answer(.speech(sound), ClientEvent.ResponseRequest())
    }

    // MARK: Items

    /// Adds a whole item.
    private mutating func add(_ item: ConversationItem, after previous: String? = nil) -> [RealtimeAction] {
        let left = items.add(item, after: previous)
        let previous = items.previous(of: item.id)
        return [.send(.itemAdded(item.json, after: previous)), .send(.itemDone(item.json, after: previous))]
            + left.map { .send(.itemDeleted(item: $0)) }
    }

    private mutating func create(
        _ new: ClientEvent.NewItem, after previous: String?
    ) throws(APIError) -> [RealtimeAction] {
        if let previous { _ = try item(previous) }
        let item = try makeItem(new)
        guard items[item.id] == nil else {
            throw .invalid(
                "there is an item “\(item.id.excerpt())” already", code: "invalid_value", parameter: "item.id")
        }
        return add(item, after: previous)
    }

    /// What a client puts into the conversation, if it is not too much to be kept.
    private mutating func makeItem(_ new: ClientEvent.NewItem) throws(APIError) -> ConversationItem {
        switch new {
        case .text(let id?, _, _), .audio(let id?, _):
            guard (1...Self.maximumNameLength).contains(id.utf8.count) else {
                throw .invalid(
                    "an id has 1 to \(Self.maximumNameLength) bytes", code: "invalid_value", parameter: "item.id")
            }
        default: break
        }
        switch new {
        case .text(let id, let role, let text):
            guard TextLimit.allows(text) else {
                throw .invalid(
                    "a text has at most \(TextLimit.maximumCharacterCount) characters", code: "invalid_value",
                    parameter: "item.content[0].text")
            }
            return ConversationItem(id: id ?? makeName("item"), role: role, content: .text(text))
        case .audio(let id, let bytes):
            let sound = AudioChunk(settings.inputFormat.decode(bytes), sampleRate: settings.inputFormat.sampleRate)
            guard !sound.samples.isEmpty, sound.duration <= .seconds(Self.maximumBufferedSeconds) else {
                throw .invalid(
                    "the audio is empty, or longer than \(Self.maximumBufferedSeconds) s", code: "invalid_value",
                    parameter: "item.content[0].audio")
            }
            return ConversationItem(id: id ?? makeName("item"), role: .user, content: .speech(sound, transcript: nil))
        }
    }

    private func item(_ id: String) throws(APIError) -> ConversationItem {
        guard let item = items[id] else {
            throw .invalid("there is no item “\(id.excerpt())”", code: "item_not_found", parameter: "item_id")
        }
        return item
    }

    private mutating func truncate(
        _ id: String, _ index: Int, at milliseconds: Int
    ) throws(APIError) -> [RealtimeAction] {
        guard case .answer(_, let length) = try item(id).content else {
            throw .invalid("only a spoken answer can be truncated", code: "invalid_value", parameter: "item_id")
        }
        guard index == 0 else {
            throw .invalid("the answer is content 0", code: "invalid_value", parameter: "content_index")
        }
        guard milliseconds <= length else {
            throw .invalid(
                "the answer has only \(length) ms of sound", code: "invalid_value", parameter: "audio_end_ms")
        }
        // The text of what was not heard must not stay: which words those are, nobody knows exactly.
        items.change(id) { $0.content = .answer(text: nil, soundMilliseconds: milliseconds) }
        return [.send(.itemTruncated(item: id, milliseconds: milliseconds))]
    }

    private mutating func delete(_ id: String) throws(APIError) -> [RealtimeAction] {
        _ = try item(id)
        guard response?.place.item != id else {
            throw .invalid(
                "the item is being made; cancel its response first", code: "invalid_state", parameter: "item_id")
        }
        _ = items.remove(id)
        return [.send(.itemDeleted(item: id))]
    }

    // MARK: Access for responses

    mutating func addAnswer(_ item: ConversationItem) -> [RealtimeAction] {
        items.add(item).map { .send(.itemDeleted(item: $0)) }
    }

    mutating func changeItem(_ id: String, _ body: (inout ConversationItem) -> Void) { items.change(id, body) }

    mutating func question(of request: ClientEvent.ResponseRequest) throws(APIError) -> RealtimeAction.Question {
        if let own = request.input.last {
            guard let question = try makeItem(own).question else {
                throw .invalid("the input is no question", code: "invalid_value", parameter: "response.input")
            }
            return question
        }
        guard let question = items.lastQuestion else {
            throw .invalid("there is no question to answer", code: "no_question")
        }
        return question
    }
}
