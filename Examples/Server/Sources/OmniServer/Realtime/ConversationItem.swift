import OmniCore

/// One message of a realtime conversation.
struct ConversationItem: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        /// What was written.
        case text(String)
        /// What the client said. The audio can be answered until a later question takes its place.
        case speech(Speech?, transcript: String?)
        /// What the model said; the transcript is gone when the audio was truncated.
        case reply(text: String?, audioMilliseconds: Int)
    }

    /// Where the audio of speech is.
    enum Speech: Hashable, Sendable {
        /// It is the turn of the conversation that ended last.
        case lastTurn
        /// The client sent it with the item.
        case audio(AudioChunk)
    }

    enum Status: String, Sendable {
        case inProgress = "in_progress"
        case completed, incomplete
    }

    let id: String
    let role: ClientEvent.Role
    /// At least one; all of a user's parts are text, or all are speech.
    var content: [Part]
    var status = Status.completed

    /// What can be answered, if this is a question: parts of text become one text, parts of speech one recording.
    var question: RealtimeAction.Question? {
        guard role == .user else { return nil }
        var text: String?
        var audio: AudioChunk?
        for part in content {
            switch part {
            case .text(let piece): text = text.map { $0.joined(to: piece) } ?? piece
            case .speech(.lastTurn?, _): return .lastTurn
            case .speech(.audio(let piece)?, _):
                audio = audio.map { AudioChunk($0.samples + piece.samples, sampleRate: $0.sampleRate) } ?? piece
            case .speech(nil, _): return nil
            case .reply: break
            }
        }
        return text.map { .text($0) } ?? audio.map { .speech($0) }
    }

    var json: JSON {
        [
            "type": "message", "object": "realtime.item", "id": .string(id), "role": .string(role.rawValue),
            "status": .string(status.rawValue), "content": .array(content.map { json(of: $0) }),
        ]
    }

    private func json(of part: Part) -> JSON {
        switch part {
        case .text(let text): ["type": role == .assistant ? "output_text" : "input_text", "text": .string(text)]
        case .speech(_, let transcript): ["type": "input_audio", "transcript": .optional(transcript)]
        case .reply(let text, _): ["type": "output_audio", "transcript": .optional(text)]
        }
    }

    /// The first part as the events of a response name it.
    var responsePart: JSON {
        switch content.first {
        case .reply(let text, _)?: ["type": "audio", "transcript": .optional(text)]
        case .text(let text)?: ["type": "text", "text": .string(text)]
        default: .null
        }
    }
}

extension String {
    /// Two texts as one, with white space between them.
    fileprivate func joined(to next: String) -> String {
        guard let last, let first = next.first, !last.isWhitespace, !first.isWhitespace else { return self + next }
        return "\(self) \(next)"
    }
}

/// The items in their order. Bounded: the oldest leave.
struct ConversationItems: Sendable {
    static let maximumCount = 256

    private(set) var all: [ConversationItem] = []

    var lastID: String? { all.last?.id }

    subscript(id: String) -> ConversationItem? { all.first { $0.id == id } }

    /// The item before an item.
    func previous(of id: String) -> String? {
        guard let index = all.firstIndex(where: { $0.id == id }), index > 0 else { return nil }
        return all[index - 1].id
    }

    /// The newest question.
    var lastQuestion: RealtimeAction.Question? { all.last { $0.role == .user }?.question }

    /// Adds an item.
    ///
    /// - Returns: the items that had to leave.
    mutating func add(_ item: ConversationItem, at place: ClientEvent.ItemPlace = .end) -> [String] {
        all.insert(item, at: index(of: place))
        forgetAudio()
        var left: [String] = []
        while all.count > Self.maximumCount { left.append(all.removeFirst().id) }
        return left
    }

    mutating func change(_ id: String, _ body: (inout ConversationItem) -> Void) {
        guard let index = all.firstIndex(where: { $0.id == id }) else { return }
        body(&all[index])
    }

    /// - Returns: whether there was such an item.
    mutating func remove(_ id: String) -> Bool {
        let count = all.count
        all.removeAll { $0.id == id }
        return all.count < count
    }

    private func index(of place: ClientEvent.ItemPlace) -> Int {
        switch place {
        case .beginning: 0
        case .end: all.count
        case .after(let id): all.firstIndex { $0.id == id }.map { $0 + 1 } ?? all.count
        }
    }

    /// Keeps the audio of the last question alone: only that will be needed.
    private mutating func forgetAudio() {
        for index in all.indices.prefix(all.lastIndex { $0.role == .user } ?? 0) {
            for part in all[index].content.indices {
                guard case .speech(_?, let transcript) = all[index].content[part] else { continue }
                all[index].content[part] = .speech(nil, transcript: transcript)
            }
        }
    }
}
