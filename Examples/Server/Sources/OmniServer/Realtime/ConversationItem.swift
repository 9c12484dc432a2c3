import OmniCore

/// One message of a realtime conversation.
struct ConversationItem: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        /// What somebody wrote.
        case text(String)
        /// What the client said. Its sound is kept until a later question takes its place.
        case speech(AudioChunk?, transcript: String?)
        /// What the model said; the transcript is gone when the sound was truncated.
        case answer(text: String?, soundMilliseconds: Int)
    }

    let id: String
    let role: ClientEvent.Role
    var content: Content
    var isComplete = true

    /// What can be answered, if this is a question.
    var question: RealtimeAction.Question? {
        switch (role, content) {
        case (.user, .text(let text)): .text(text)
        case (.user, .speech(let sound?, _)): .speech(sound)
        default: nil
        }
    }

    var json: JSON {
        [
            "type": "message", "object": "realtime.item", "id": .string(id), "role": .string(role.rawValue),
            "status": isComplete ? "completed" : "incomplete", "content": .array([part]),
        ]
    }

    /// The only part of the content.
    var part: JSON {
        switch content {
        case .text(let text): ["type": role == .assistant ? "output_text" : "input_text", "text": .string(text)]
        case .speech(_, let transcript): ["type": "input_audio", "transcript": .optional(transcript)]
        case .answer(let text, _): ["type": "output_audio", "transcript": .optional(text)]
        }
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

    /// Adds an item at the end, or after another.
    ///
    /// - Returns: the items that had to leave.
    mutating func add(_ item: ConversationItem, after previous: String? = nil) -> [String] {
        // A question takes the place of the one before: only its sound will be needed.
        if item.role == .user { forgetSound() }
        let index = previous.flatMap { id in all.firstIndex { $0.id == id } }.map { $0 + 1 } ?? all.count
        all.insert(item, at: index)
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

    private mutating func forgetSound() {
        for index in all.indices {
            if case .speech(_?, let transcript) = all[index].content {
                all[index].content = .speech(nil, transcript: transcript)
            }
        }
    }
}
