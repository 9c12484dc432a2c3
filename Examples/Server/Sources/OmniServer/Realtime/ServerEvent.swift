/// What the server tells a client of the Realtime API.
struct ServerEvent: Hashable, Sendable {
    let type: String
    private let members: [String: JSON]

    private init(_ type: String, _ members: [String: JSON] = [:]) {
        self.type = type
        self.members = members
    }

    /// The message, under a name of its own.
    func json(id: String) -> JSON {
        var object = members
        object["type"] = .string(type)
        object["event_id"] = .string(id)
        return .object(object)
    }

    subscript(name: String) -> JSON? { members[name] }

    // MARK: Session

    static func sessionCreated(_ session: JSON) -> ServerEvent { ServerEvent("session.created", ["session": session]) }
    static func sessionUpdated(_ session: JSON) -> ServerEvent { ServerEvent("session.updated", ["session": session]) }

    /// - Parameter cause: the name of the client's event that could not be done.
    static func error(_ error: APIError, cause: String?) -> ServerEvent {
        guard case .object(var object) = error.json else { return ServerEvent("error") }
        object["event_id"] = cause.map { .string($0) } ?? .null
        if let retryAfter = error.retryAfter { object["retry_after_ms"] = .integer(Int(retryAfter / .milliseconds(1))) }
        return ServerEvent("error", ["error": .object(object)])
    }

    // MARK: What the client says

    static func speechStarted(milliseconds: Int, item: String) -> ServerEvent {
        ServerEvent(
            "input_audio_buffer.speech_started", ["audio_start_ms": .integer(milliseconds), "item_id": .string(item)])
    }

    static func speechStopped(milliseconds: Int, item: String) -> ServerEvent {
        ServerEvent(
            "input_audio_buffer.speech_stopped", ["audio_end_ms": .integer(milliseconds), "item_id": .string(item)])
    }

    static func committed(item: String, after previous: String?) -> ServerEvent {
        ServerEvent(
            "input_audio_buffer.committed", ["item_id": .string(item), "previous_item_id": .optional(previous)])
    }

    static let cleared = ServerEvent("input_audio_buffer.cleared")

    /// The client was silent for longer than `idle_timeout_ms`.
    static func timeoutTriggered(from start: Int, to end: Int, item: String) -> ServerEvent {
        ServerEvent(
            "input_audio_buffer.timeout_triggered",
            ["audio_start_ms": .integer(start), "audio_end_ms": .integer(end), "item_id": .string(item)])
    }

    static func transcriptionDelta(_ delta: String, item: String) -> ServerEvent {
        ServerEvent(
            "conversation.item.input_audio_transcription.delta",
            ["item_id": .string(item), "content_index": 0, "delta": .string(delta)])
    }

    static func transcriptionCompleted(_ transcript: String, item: String, seconds: Double) -> ServerEvent {
        ServerEvent(
            "conversation.item.input_audio_transcription.completed",
            [
                "item_id": .string(item), "content_index": 0, "transcript": .string(transcript),
                "usage": ["type": "duration", "seconds": .number(seconds)],
            ])
    }

    static func transcriptionFailed(_ error: APIError, item: String) -> ServerEvent {
        ServerEvent(
            "conversation.item.input_audio_transcription.failed",
            ["item_id": .string(item), "content_index": 0, "error": error.json])
    }

    // MARK: Conversation

    static func itemAdded(_ item: JSON, after previous: String?) -> ServerEvent {
        ServerEvent("conversation.item.added", ["item": item, "previous_item_id": .optional(previous)])
    }

    static func itemDone(_ item: JSON, after previous: String?) -> ServerEvent {
        ServerEvent("conversation.item.done", ["item": item, "previous_item_id": .optional(previous)])
    }

    static func itemRetrieved(_ item: JSON) -> ServerEvent {
        ServerEvent("conversation.item.retrieved", ["item": item])
    }

    static func itemTruncated(item: String, milliseconds: Int) -> ServerEvent {
        ServerEvent(
            "conversation.item.truncated",
            ["item_id": .string(item), "content_index": 0, "audio_end_ms": .integer(milliseconds)])
    }

    static func itemDeleted(item: String) -> ServerEvent {
        ServerEvent("conversation.item.deleted", ["item_id": .string(item)])
    }

    // MARK: Responses

    static func responseCreated(_ response: JSON) -> ServerEvent {
        ServerEvent("response.created", ["response": response])
    }
    static func responseDone(_ response: JSON) -> ServerEvent { ServerEvent("response.done", ["response": response]) }

    /// An event inside a response.
    ///
    /// - Parameter type: without `response.`.
    static func response(_ type: String, _ place: ResponsePlace, _ members: [String: JSON] = [:]) -> ServerEvent {
        var members = members
        members["response_id"] = .string(place.response)
        members["output_index"] = 0
        if !type.hasPrefix("output_item") {
            members["item_id"] = .string(place.item)
            members["content_index"] = 0
        }
        return ServerEvent("response." + type, members)
    }
}

/// Which response an event belongs to, and its only item.
struct ResponsePlace: Hashable, Sendable {
    let response: String
    let item: String
}

extension JSON {
    static func optional(_ string: String?) -> JSON { string.map { .string($0) } ?? .null }
}
