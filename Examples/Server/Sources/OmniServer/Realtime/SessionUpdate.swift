import OmniWhisper

extension SessionSettings {
    /// The settings that a `session.update` leads to: with all of it, or none of it.
    ///
    /// What the model cannot follow and a conversation works without (``Fields/checkHint(_:)``) is accepted, and the
    /// session object says what is in force. Any other value that cannot be honoured, and any field that is not part
    /// of the API, is an error that names it.
    ///
    /// Fields of audio are also known by the flat names of older clients: `voice`, `input_audio_format`, …
    func applying(_ session: Fields) throws(APIError) -> SessionSettings {
        var changed = self
        if let type = try session.optionalString("type") {
            guard let kind = Kind(rawValue: type) else { throw session.wrong("type", "realtime or transcription") }
            changed.kind = kind
        }
        let hasAudio = session.json["audio"] != nil
        for name in session.names {
            if let setting = AudioSetting(flatName: name) {
                guard !hasAudio else { throw session.wrong(name, "in session.audio, which is there as well") }
                try changed.apply(setting, session, name)
            } else {
                try changed.apply(name, of: session)
            }
        }
        return changed
    }

    /// Applies a field that is not about audio.
    private mutating func apply(_ name: String, of session: Fields) throws(APIError) {
        switch name {
        // Known already, or the server's to say.
        case "type", "object", "id", "expires_at", "client_secret": break
        case "audio": try applyAudio(try session.optionalObject(name))
        case "include": _ = try session.checkHint(name)
        case _ where kind == .transcription: throw session.unknown(name)
        case "model": _ = try session.optionalString(name)
        case "output_modalities", "modalities": modality = try session.modality(name) ?? modality
        case "max_output_tokens", "max_response_output_tokens":
            maximumStepCount = try session.stepLimit(name)
        default: guard try session.checkHint(name) else { throw session.unknown(name) }
        }
    }

    private mutating func applyAudio(_ audio: Fields?) throws(APIError) {
        guard let audio else { return }
        try audio.allow(kind == .realtime ? ["input", "output"] : ["input"])
        for side in ["input", "output"] {
            guard let fields = try audio.optionalObject(side) else { continue }
            for name in fields.names {
                guard let setting = AudioSetting(name: name, of: side) else { throw fields.unknown(name) }
                try apply(setting, fields, name)
            }
        }
    }

    /// Language and prompt of a transcriber; the language model follows neither.
    private mutating func applyTranscription(_ fields: Fields) throws(APIError) {
        try fields.allow(["model", "language", "languages", "prompt", "keywords", "delay"])
        guard let languages else { return }
        for name in fields.names {
            switch name {
            case "language":
                language = try fields.optionalString(name).map { text throws(APIError) in
                    guard let language = WhisperLanguage(text), languages.contains(language) else {
                        throw fields.wrong(name, "a language that the transcriber knows, as en")
                    }
                    return language
                }
            case "prompt":
                let text = try fields.optionalString(name) ?? ""
                guard TextLimit.allows(text) else {
                    throw fields.wrong(name, "at most \(TextLimit.maximumCharacterCount) characters")
                }
                prompt = text
            default: break
            }
        }
    }

    private mutating func apply(_ setting: AudioSetting, _ fields: Fields, _ name: String) throws(APIError) {
        switch setting {
        case .inputFormat: inputFormat = try fields.audioFormat(name) ?? inputFormat
        case .outputFormat: outputFormat = try fields.audioFormat(name) ?? outputFormat
        case .voice: try fields.checkVoice(name)
        case .speed: try fields.checkSpeed(name)
        case .noiseReduction: try fields.optionalObject(name)?.allow(["type", "strength"])
        case .transcription:
            transcribesInput = fields.value(name) != .null
            if let transcription = try fields.optionalObject(name) { try applyTranscription(transcription) }
        case .turnDetection:
            let detection = try fields.optionalObject(name)
            turns = try detection.map { detection throws(APIError) in
                try (turns ?? TurnDetection()).applying(detection)
            }
        }
    }
}

/// A setting of a session's audio, by the name it has in `audio.input` or `audio.output`, or at the top as in the beta
/// version of the API.
private enum AudioSetting {
    case inputFormat, outputFormat, transcription, noiseReduction, turnDetection, voice, speed

    init?(name: String, of side: String) {
        switch (side, name) {
        case ("input", "format"): self = .inputFormat
        case ("input", "transcription"): self = .transcription
        case ("input", "noise_reduction"): self = .noiseReduction
        case ("input", "turn_detection"): self = .turnDetection
        case ("output", "format"): self = .outputFormat
        case ("output", "voice"): self = .voice
        case ("output", "speed"): self = .speed
        default: return nil
        }
    }

    init?(flatName: String) {
        switch flatName {
        case "input_audio_format": self = .inputFormat
        case "input_audio_transcription": self = .transcription
        case "input_audio_noise_reduction": self = .noiseReduction
        case "turn_detection": self = .turnDetection
        case "output_audio_format": self = .outputFormat
        case "voice": self = .voice
        case "speed": self = .speed
        default: return nil
        }
    }
}
