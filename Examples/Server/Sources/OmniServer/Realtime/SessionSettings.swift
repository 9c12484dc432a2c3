import OmniWhisper

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
    /// The language that the transcriber is told; `nil` to let it find out.
    var language: WhisperLanguage?
    /// Text that might have come before: the transcriber spells names and terms as in it.
    var prompt = ""
    /// The languages of the server's transcriber; `nil` without one: the model writes, which knows one.
    let languages: [WhisperLanguage]?
    /// Steps of a reply at most; `nil` for no limit but the model's.
    var maximumStepCount: Int?

    init(_ kind: Kind = .realtime, languages: [WhisperLanguage]? = nil) {
        self.kind = kind
        self.languages = languages
        transcribesInput = kind == .transcription
    }

    /// The session object: what is in force. What the model cannot follow is named as it is, however it was asked for:
    /// no instructions, no tools, one voice, one language.
    func json(id: String, model: String) -> JSON {
        var input: [String: JSON] = [
            "format": inputFormat.json, "noise_reduction": .null, "turn_detection": turns?.json ?? .null,
        ]
        input["transcription"] = transcribesInput ? transcription(model) : .null
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

extension SessionSettings {
    private func transcription(_ model: String) -> JSON {
        let language: JSON = languages == nil ? "en" : language.map { .string($0.code) } ?? .null
        return ["model": .string(model), "language": language, "prompt": .string(prompt)]
    }
}

extension JSON {
    /// `max_output_tokens`.
    static func stepLimit(_ count: Int?) -> JSON { count.map { .integer($0) } ?? "inf" }
}
