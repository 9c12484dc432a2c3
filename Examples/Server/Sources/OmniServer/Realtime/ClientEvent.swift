import Foundation

/// What a client of the Realtime API says.
enum ClientEvent: Hashable, Sendable {
    case updateSession(SessionUpdate)
    case appendAudio([UInt8])
    case commitAudio
    case clearAudio
    case createItem(NewItem, after: String?)
    case truncateItem(id: String, contentIndex: Int, audioEndMilliseconds: Int)
    case deleteItem(id: String)
    case retrieveItem(id: String)
    case createResponse(ResponseRequest)
    case cancelResponse(id: String?)

    /// What a client puts into the conversation.
    enum NewItem: Hashable, Sendable {
        case text(id: String?, role: Role, String)
        case audio(id: String?, [UInt8])
    }

    enum Role: String, Sendable { case user, assistant, system }

    /// How a response is wanted.
    struct ResponseRequest: Hashable, Sendable {
        /// `nil`: as the session says.
        var modality: Modality?
        /// Questions of its own instead of the conversation's last; empty for none.
        var input: [NewItem] = []
        /// Whether the answer enters the conversation.
        var entersConversation = true
        var maximumStepCount: Int?
    }
}

/// An event and the name that its sender gave it.
struct NamedClientEvent: Hashable, Sendable {
    let id: String?
    let event: ClientEvent

    private static let maximumNameLength = 512

    /// Reads one message of a client.
    ///
    /// - Throws: ``APIError`` saying what is wrong with it.
    init(_ json: JSON) throws(APIError) {
        guard json.isObject else { throw .invalid("an event is a JSON object", code: "invalid_event") }
        guard let type = json["type"]?.string else {
            throw .invalid("the event has no type", code: "missing_required_parameter", parameter: "type")
        }
        id = json["event_id"]?.string
        // Names are compared and echoed: long ones are neither.
        guard (id?.utf8.count ?? 0) <= Self.maximumNameLength else {
            throw .invalid(
                "an event_id has at most \(Self.maximumNameLength) bytes", code: "invalid_value", parameter: "event_id")
        }
        event = try ClientEvent(type, Fields(json))
    }
}

extension ClientEvent {
    fileprivate init(_ type: String, _ fields: Fields) throws(APIError) {
        // Comparing a text of many combining characters takes long.
        switch type.utf8.count <= 64 ? type : type.excerpt() {
        case "session.update":
            self = .updateSession(try SessionUpdate(try fields.object("session")))
        case "input_audio_buffer.append": self = .appendAudio(try fields.base64("audio"))
        case "input_audio_buffer.commit": self = .commitAudio
        case "input_audio_buffer.clear": self = .clearAudio
        case "conversation.item.create":
            self = .createItem(
                try NewItem(try fields.object("item")), after: try fields.optionalString("previous_item_id"))
        case "conversation.item.truncate":
            self = .truncateItem(
                id: try fields.string("item_id"), contentIndex: try fields.integer("content_index"),
                audioEndMilliseconds: try fields.integer("audio_end_ms"))
        case "conversation.item.delete": self = .deleteItem(id: try fields.string("item_id"))
        case "conversation.item.retrieve": self = .retrieveItem(id: try fields.string("item_id"))
        case "response.create": self = .createResponse(try ResponseRequest(fields))
        case "response.cancel": self = .cancelResponse(id: try fields.optionalString("response_id"))
        default:
            throw .invalid(
                "there is no event “\(type.excerpt())”, or it is not supported", code: "unknown_event",
                parameter: "type")
        }
    }
}

extension ClientEvent.NewItem {
    init(_ fields: Fields) throws(APIError) {
        guard try fields.string("type") == "message" else {
            throw .invalid("only messages can be created", code: "unsupported_item", parameter: fields.path("type"))
        }
        let id = try fields.optionalString("id")
        guard let role = ClientEvent.Role(rawValue: try fields.optionalString("role") ?? "user") else {
            throw .invalid(
                "the role is user, assistant or system", code: "invalid_value", parameter: fields.path("role"))
        }
        guard let parts = fields.json["content"]?.array, let first = parts.first, parts.count == 1 else {
            throw .invalid(
                "a message has one part of content", code: "invalid_value", parameter: fields.path("content"))
        }
        let part = Fields(first, path: fields.path("content[0]"))
        switch try part.string("type") {
        case "input_text", "output_text", "text": self = .text(id: id, role: role, try part.string("text"))
        case "input_audio" where role == .user: self = .audio(id: id, try part.base64("audio"))
        case let type:
            throw .invalid(
                "content “\(type.excerpt())” is not supported here", code: "unsupported_content",
                parameter: part.path("type"))
        }
    }
}

extension ClientEvent.ResponseRequest {
    fileprivate init(_ fields: Fields) throws(APIError) {
        guard let json = fields.json["response"] else { return }
        let fields = Fields(json, path: "response")
        modality = try fields.modality()
        if let tools = json["tools"]?.array, !tools.isEmpty { throw fields.unsupportedTools }
        if let conversation = json["conversation"] { entersConversation = conversation.string != "none" }
        for (index, item) in (json["input"]?.array ?? []).enumerated() {
            input.append(try ClientEvent.NewItem(Fields(item, path: "response.input[\(index)]")))
        }
        if let limit = json["max_output_tokens"] {
            guard limit.string == "inf" || (limit.integer.map { $0 > 0 } ?? false) else {
                throw .invalid(
                    "a positive number or “inf”", code: "invalid_value", parameter: fields.path("max_output_tokens"))
            }
            maximumStepCount = limit.integer
        }
    }
}
