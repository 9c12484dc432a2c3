import OmniCore
import OmniPipeline

/// The items of a conversation: what a client puts in, changes and takes out, and what a response answers.
extension RealtimeMachine {
    /// Adds a whole item.
    mutating func add(_ item: ConversationItem, at place: ClientEvent.ItemPlace = .end) -> [RealtimeAction] {
        let left = items.add(item, at: place)
        let previous = items.previous(of: item.id)
        return [.send(.itemAdded(item.json, after: previous)), .send(.itemDone(item.json, after: previous))]
            + left.map { .send(.itemDeleted(item: $0)) }
    }

    mutating func create(
        _ new: NewItem, at place: ClientEvent.ItemPlace
    ) throws(APIError) -> [RealtimeAction] {
        if case .after(let previous) = place, items[previous] == nil {
            throw .invalid(
                "there is no item “\(previous.excerpt())”", code: "item_create_invalid_previous_item_id",
                parameter: "previous_item_id")
        }
        let item = try makeItem(new, path: "item")
        guard items[item.id] == nil else {
            throw .invalid(
                "there is an item “\(item.id.excerpt())” already", code: "item_create_duplicate_item_id",
                parameter: "item.id")
        }
        return add(item, at: place)
    }

    /// What a client puts into the conversation, if it is not too much to be kept.
    ///
    /// - Parameter path: where in the event the item lies.
    private mutating func makeItem(_ new: NewItem, path: String) throws(APIError) -> ConversationItem {
        if let id = new.id, !(1...Self.maximumNameLength).contains(id.utf8.count) {
            throw .invalid(
                "an id has 1 to \(Self.maximumNameLength) bytes", code: "invalid_value", parameter: path + ".id")
        }
        let format = settings.inputFormat
        var content: [ConversationItem.Part] = []
        var (text, sampleCount) = ("", 0)
        for (index, part) in new.parts.enumerated() {
            let place = "\(path).content[\(index)]"
            switch part {
            case .text(let piece), .transcript(let piece?):
                text += piece
                guard TextLimit.allows(text) else {
                    throw .invalid(
                        "a message has at most \(TextLimit.maximumCharacterCount) characters", code: "invalid_value",
                        parameter: place + ".text")
                }
                content.append(part.isText ? .text(piece) : .reply(text: piece, audioMilliseconds: 0))
            case .transcript(nil): content.append(.reply(text: nil, audioMilliseconds: 0))
            case .audio(let bytes, let transcript):
                let audio = AudioChunk(format.decode(bytes), sampleRate: format.sampleRate)
                sampleCount += audio.samples.count
                guard TextLimit.allows(transcript ?? "") else {
                    throw .invalid(
                        "a transcript has at most \(TextLimit.maximumCharacterCount) characters",
                        code: "invalid_value", parameter: place + ".transcript")
                }
                guard !audio.samples.isEmpty, sampleCount <= Self.maximumBufferedSeconds * format.sampleRate else {
                    throw .invalid(
                        "the audio is empty, or longer than \(Self.maximumBufferedSeconds) s", code: "invalid_value",
                        parameter: place + ".audio")
                }
                content.append(.speech(.audio(audio), transcript: transcript))
            }
        }
        let item = ConversationItem(id: new.id ?? makeName("item"), role: new.role, content: content)
        if case .speech(let audio)? = item.question {
            do { try audio.requireSpeech() } catch { throw APIError(error, parameter: path + ".content") }
        }
        return item
    }

    /// - Parameter verb: what is to be done with it.
    func item(_ id: String, to verb: String) throws(APIError) -> ConversationItem {
        guard let item = items[id] else {
            throw .invalid(
                "there is no item “\(id.excerpt())”", code: "item_\(verb)_invalid_item_id", parameter: "item_id")
        }
        return item
    }

    mutating func truncate(
        _ id: String, _ index: Int, at milliseconds: Int
    ) throws(APIError) -> [RealtimeAction] {
        guard case .reply(_, let length)? = try item(id, to: "truncate").content.first else {
            throw .invalid("only a spoken reply can be truncated", code: "invalid_value", parameter: "item_id")
        }
        guard index == 0 else {
            throw .invalid("the reply is content 0", code: "invalid_value", parameter: "content_index")
        }
        guard milliseconds <= length else {
            throw .invalid(
                "the reply has only \(length) ms of audio", code: "invalid_value", parameter: "audio_end_ms")
        }
        // The text of what was not heard must not stay: which words those are is not known exactly.
        items.change(id) { $0.content = [.reply(text: nil, audioMilliseconds: milliseconds)] }
        // What is still made of it must not bring it back.
        if response?.place.item == id { response?.truncation = milliseconds }
        return [.send(.itemTruncated(item: id, milliseconds: milliseconds))]
    }

    mutating func delete(_ id: String) throws(APIError) -> [RealtimeAction] {
        _ = try item(id, to: "delete")
        guard response?.place.item != id else {
            throw .invalid(
                "the item is being made; cancel its response first", code: "invalid_state", parameter: "item_id")
        }
        _ = items.remove(id)
        return [.send(.itemDeleted(item: id))]
    }

    // MARK: Responses

    mutating func addReply(_ item: ConversationItem) -> [RealtimeAction] {
        items.add(item).map { .send(.itemDeleted(item: $0)) }
    }

    mutating func changeItem(_ id: String, _ body: (inout ConversationItem) -> Void) { items.change(id, body) }

    /// What a response answers: the last message of a user's in its own input, or in the conversation. When that was
    /// answered, or the input has none, the response's instructions are the question, if it has some: "Greet the user."
    mutating func question(of request: ResponseRequest) throws(APIError) -> RealtimeAction.Question {
        guard let input = request.input else {
            let isAnswered = items.all.last { $0.role != .system }?.role != .user
            if isAnswered, let instructions = request.instructions, !instructions.isEmpty {
                return .text(instructions)
            }
            guard let question = items.lastQuestion else {
                throw .invalid("there is no question to answer", code: "no_question")
            }
            return question
        }
        var last: ConversationItem?
        for (index, entry) in input.enumerated() {
            let item =
                switch entry {
                case .item(let new): try makeItem(new, path: "response.input[\(index)]")
                case .reference(let id): try referenced(id, path: "response.input[\(index)].id")
                }
            if item.role == .user { last = item }
        }
        // An empty input leaves out what the conversation has: the instructions alone are answered then.
        if last == nil, let instructions = request.instructions, !instructions.isEmpty { return .text(instructions) }
        guard let question = last?.question else {
            throw .invalid(
                "the input has no question, or its audio is not kept any more", code: "no_question",
                parameter: "response.input")
        }
        return question
    }

    private func referenced(_ id: String, path: String) throws(APIError) -> ConversationItem {
        guard let item = items[id] else {
            throw .invalid("there is no item “\(id.excerpt())”", code: "invalid_value", parameter: path)
        }
        return item
    }
}
