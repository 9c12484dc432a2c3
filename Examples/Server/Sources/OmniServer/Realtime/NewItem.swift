/// A message that a client puts into a conversation.
struct NewItem: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        /// Speech of the user's, in the session's input format.
        case audio([UInt8], transcript: String?)
        /// What was spoken earlier, as text alone.
        case transcript(String?)
    }

    var id: String?
    let role: ClientEvent.Role
    /// At least one; all of a user's parts are text, or all are audio.
    let parts: [Part]

    private static let maximumPartCount = 64

    init(_ fields: Fields) throws(APIError) {
        guard try fields.string("type") == "message" else {
            throw .invalid("only messages can be created", code: "unsupported_item", parameter: fields.path("type"))
        }
        try fields.allow(["type", "id", "object", "status", "role", "content"])
        id = try fields.optionalString("id")
        guard let role = ClientEvent.Role(rawValue: try fields.optionalString("role") ?? "user") else {
            throw fields.wrong("role", "user, assistant or system")
        }
        guard let content = fields.json["content"]?.array, (1...Self.maximumPartCount).contains(content.count) else {
            throw fields.wrong("content", "an array of 1 to \(Self.maximumPartCount) parts")
        }
        var parts: [Part] = []
        for (index, json) in content.enumerated() {
            parts.append(try Part(Fields(json, path: fields.path("content[\(index)]")), role))
        }
        (self.role, self.parts) = (role, parts)
        guard role != .user || Set(parts.map(\.isText)).count == 1 else {
            throw .invalid(
                "a message is text or audio, not both", code: "unsupported_content", parameter: fields.path("content"))
        }
    }
}

extension NewItem.Part {
    fileprivate init(_ fields: Fields, _ role: ClientEvent.Role) throws(APIError) {
        let type = try fields.string("type")
        switch type {
        case "input_text", "output_text", "text":
            try fields.allow(["type", "text"])
            self = .text(try fields.string("text"))
        case "input_audio" where role == .user:
            try fields.allow(["type", "audio", "transcript"])
            self = .audio(try fields.base64("audio"), transcript: try fields.optionalString("transcript"))
        case "output_audio" where role == .assistant, "audio" where role == .assistant:
            // The model does not listen to its own earlier replies: the audio is not kept.
            try fields.allow(["type", "audio", "transcript"])
            self = .transcript(try fields.optionalString("transcript"))
        default:
            throw .invalid(
                "content “\(type.excerpt())” is not supported here", code: "unsupported_content",
                parameter: fields.path("type"))
        }
    }

    var isText: Bool { if case .text = self { true } else { false } }
}
