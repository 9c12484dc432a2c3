/// How a response is wanted.
struct ResponseRequest: Hashable, Sendable {
    /// What is answered instead of the conversation's last question.
    enum Input: Hashable, Sendable {
        case item(NewItem)
        /// An item of the conversation, by its name.
        case reference(String)
    }

    /// `nil`: as the session says.
    var modality: Modality?
    /// `nil`: the conversation. The last message of a user's is the question.
    var input: [Input]?
    /// Whether the reply enters the conversation.
    var entersConversation = true
    /// Steps of the reply at most.
    var stepLimit = StepLimit.session
    /// `nil`: as the session says.
    var format: AudioFormat?
    /// What to say when no question waits for a reply: the model reads nothing beside its question.
    var instructions: String?
    /// Goes back with the response.
    var metadata: [String: String] = [:]

    enum StepLimit: Hashable, Sendable {
        /// As the session says.
        case session
        /// This many; `nil` for no limit but the model's.
        case count(Int?)
    }

    init() {}

    /// - Parameter fields: the event's `response`, if it has one. The rules are those of
    ///   ``SessionSettings/applying(_:)``.
    init(_ fields: Fields?) throws(APIError) {
        guard let fields else { return }
        for name in fields.names { try apply(name, of: fields) }
    }

    private mutating func apply(_ name: String, of fields: Fields) throws(APIError) {
        switch name {
        case "output_modalities", "modalities": modality = try fields.modality(name) ?? modality
        case "conversation":
            let conversation = try fields.optionalString(name) ?? "auto"
            guard ["auto", "none"].contains(conversation) else { throw fields.wrong(name, "auto or none") }
            entersConversation = conversation == "auto"
        case "input": input = try Self.input(fields)
        case "max_output_tokens", "max_response_output_tokens":
            if fields.json[name] != nil { stepLimit = .count(try fields.stepLimit(name)) }
        case "metadata": metadata = try fields.metadata()
        case "instructions":
            instructions = try fields.optionalString(name)
            guard TextLimit.allows(instructions ?? "") else {
                throw fields.wrong(name, "a string of at most \(TextLimit.maximumCharacterCount) characters")
            }
        case "audio":
            guard let audio = try fields.optionalObject(name) else { return }
            try audio.allow(["output"])
            guard let output = try audio.optionalObject("output") else { return }
            try output.allow(["format", "voice"])
            try output.checkVoice("voice")
            format = try output.audioFormat("format") ?? format
        case "voice": try fields.checkVoice(name)
        case "output_audio_format": format = try fields.audioFormat(name) ?? format
        default: guard try fields.checkHint(name) else { throw fields.unknown(name) }
        }
    }

    private static let maximumInputCount = 64

    private static func input(_ fields: Fields) throws(APIError) -> [Input]? {
        guard let value = fields.json["input"] else { return nil }
        guard let items = value.array, items.count <= maximumInputCount else {
            throw fields.wrong("input", "an array of at most \(maximumInputCount) items")
        }
        var input: [Input] = []
        for (index, item) in items.enumerated() {
            let item = Fields(item, path: fields.path("input[\(index)]"))
            if item.json["type"]?.string == "item_reference" {
                try item.allow(["type", "id"])
                input.append(.reference(try item.string("id")))
            } else {
                input.append(.item(try NewItem(item)))
            }
        }
        return input
    }
}
