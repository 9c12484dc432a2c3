/// What holds in a realtime conversation.
struct SessionSettings: Hashable, Sendable {
    enum Kind: String, Sendable {
        /// Questions are answered.
        case realtime
        /// What the client says is written down, and nothing is answered.
        case transcription
    }

    var kind = Kind.realtime {
        didSet { if kind == .transcription, oldValue != kind { transcribesInput = true } }
    }
    /// How the server finds turns; `nil`: the client decides when a turn is over.
    var turns: TurnDetection? = TurnDetection()
    var inputFormat = AudioFormat.pcm
    var outputFormat = AudioFormat.pcm
    var modality = Modality.audio
    /// Whether what the client said is written down.
    var transcribesInput = false
    /// Steps of a reply at most; `nil` for no limit but the model's.
    var maximumStepCount: Int?

    init(_ kind: Kind = .realtime) {
        self.kind = kind
        transcribesInput = kind == .transcription
    }

    /// The session object: what is in force. What the model cannot follow is named as it is, however it was asked for:
    /// no instructions, no tools, one voice, one language.
    func json(id: String, model: String) -> JSON {
        var input: [String: JSON] = [
            "format": inputFormat.json, "noise_reduction": .null, "turn_detection": turns?.json ?? .null,
        ]
        input["transcription"] =
            transcribesInput ? ["model": .string(model), "language": "en", "prompt": ""] : .null
        guard kind == .realtime else {
            return [
                "type": "transcription", "object": "realtime.transcription_session", "id": .string(id),
                "include": .null, "audio": ["input": .object(input)],
            ]
        }
        return [
            "type": "realtime", "object": "realtime.session", "id": .string(id), "model": .string(model),
            "output_modalities": [.string(modality.rawValue)], "instructions": "", "tools": [], "tool_choice": "none",
            "max_output_tokens": .stepLimit(maximumStepCount), "include": .null, "prompt": .null, "tracing": .null,
            "truncation": "auto",
            "audio": [
                "input": .object(input),
                "output": ["format": outputFormat.json, "voice": "omni", "speed": 1],
            ],
        ]
    }
}

extension JSON {
    /// `max_output_tokens`.
    static func stepLimit(_ count: Int?) -> JSON { count.map { .integer($0) } ?? "inf" }
}
