/// What a client wants to hear an answer to, and how.
struct SpeechRequest: Hashable {
    enum Format: String {
        case wav, pcm
    }

    let input: String
    let format: Format

    /// What the model cannot follow and a reply works without is passed over where it has the right type: the model,
    /// the voice and the instructions. Fields that are not part of the API are, too: some clients add their own.
    init(_ json: JSON) throws(APIError) {
        let fields = Fields(json)
        input = try fields.string("input")
        guard !input.allSatisfy(\.isWhitespace), TextLimit.allows(input) else {
            throw fields.wrong("input", "a text of at most \(TextLimit.maximumCharacterCount) characters")
        }
        guard let format = Format(rawValue: try fields.optionalString("response_format") ?? "wav") else {
            throw fields.unsupported("response_format", "the format is wav or pcm")
        }
        self.format = format
        _ = try fields.optionalString("model")
        _ = try fields.optionalString("instructions")
        try fields.checkVoice("voice")
        try fields.checkSpeed("speed")
        switch try fields.optionalString("stream_format") {
        case nil, "audio"?: break
        case "sse"?: throw fields.unsupported("stream_format", "the audio is streamed as it is")
        default: throw fields.wrong("stream_format", "audio")
        }
    }
}
