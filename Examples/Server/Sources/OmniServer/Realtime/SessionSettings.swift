import OmniPipeline

/// What holds in a realtime conversation.
struct SessionSettings: Hashable, Sendable {
    /// Who decides when a turn is over: the server, or the client (`nil`).
    var turns: TurnDetection? = TurnDetection()
    var inputFormat = AudioFormat.pcm
    var outputFormat = AudioFormat.pcm
    var modality = Modality.audio
    /// Whether what the client said is written down.
    var transcribesInput = false

    /// `server_vad`.
    struct TurnDetection: Hashable, Sendable {
        var threshold = 0.5
        var prefixPadding = Duration.milliseconds(300)
        var silence = Duration.milliseconds(500)
        var createsResponse = true
        var interruptsResponse = true

        var turnSettings: TurnSettings {
            var settings = TurnSettings()
            settings.threshold = Float(threshold)
            settings.prefixPadding = prefixPadding
            settings.silence = silence
            settings.interruptsReply = interruptsResponse
            return settings
        }

        var json: JSON {
            [
                "type": "server_vad", "threshold": .number(threshold),
                "prefix_padding_ms": .integer(Int(prefixPadding / .milliseconds(1))),
                "silence_duration_ms": .integer(Int(silence / .milliseconds(1))),
                "create_response": .bool(createsResponse), "interrupt_response": .bool(interruptsResponse),
                "idle_timeout_ms": .null,
            ]
        }
    }

    /// The session object. Instructions and tools are always empty: the published model follows neither.
    func json(id: String, model: String) -> JSON {
        [
            "type": "realtime", "object": "realtime.session", "id": .string(id), "model": .string(model),
            "output_modalities": [.string(modality.rawValue)], "instructions": "", "tools": [], "tool_choice": "none",
            "max_output_tokens": "inf",
            "audio": [
                "input": [
                    "format": inputFormat.json, "noise_reduction": .null,
                    "transcription": transcribesInput ? ["model": .string(model)] : .null,
                    "turn_detection": turns?.json ?? .null,
                ],
                "output": ["format": outputFormat.json, "voice": "omni", "speed": 1],
            ],
        ]
    }
}

/// What a client wants changed; what it does not name stays.
struct SessionUpdate: Hashable, Sendable {
    /// An object that may be named as `null`.
    enum Change<Value: Hashable & Sendable>: Hashable, Sendable {
        case keep, remove
        case set(Value)
    }

    struct TurnChange: Hashable, Sendable {
        var threshold: Double?
        var prefixPadding: Duration?
        var silence: Duration?
        var createsResponse: Bool?
        var interruptsResponse: Bool?
    }

    var turns = Change<TurnChange>.keep
    var inputFormat: AudioFormat?
    var outputFormat: AudioFormat?
    var modality: Modality?
    var transcribesInput: Bool?

    init(_ fields: Fields) throws(APIError) {
        if let type = try fields.optionalString("type"), type != "realtime" {
            throw .invalid(
                "only sessions of type “realtime” are served", code: "invalid_value", parameter: "session.type")
        }
        if let tools = fields.json["tools"]?.array, !tools.isEmpty { throw fields.unsupportedTools }
        modality = try fields.modality()
        guard let audio = try fields.optionalObject("audio") else { return }
        if let output = try audio.optionalObject("output") { outputFormat = try Self.format(output) }
        guard let input = try audio.optionalObject("input") else { return }
        inputFormat = try Self.format(input)
        guard case .object(let members) = input.json else { return }
        if let transcription = members["transcription"] { transcribesInput = transcription != .null }
        if let detection = members["turn_detection"] {
            turns = detection == .null ? .remove : .set(try TurnChange(try input.object("turn_detection")))
        }
    }

    private static func format(_ fields: Fields) throws(APIError) -> AudioFormat? {
        guard let format = try fields.optionalObject("format") else { return nil }
        guard let known = AudioFormat(rawValue: try format.string("type")) else {
            throw format.wrong("type", "audio/pcm, audio/pcmu or audio/pcma")
        }
        if let rate = format.json["rate"], rate.integer != known.sampleRate {
            throw format.wrong("rate", "\(known.sampleRate)")
        }
        return known
    }
}

extension SessionUpdate.TurnChange {
    fileprivate init(_ fields: Fields) throws(APIError) {
        if let type = try fields.optionalString("type"), type != "server_vad" {
            throw fields.wrong("type", "server_vad")
        }
        if let value = fields.json["threshold"] {
            guard let number = value.number, (0...1).contains(number) else { throw fields.wrong("threshold", "0 to 1") }
            threshold = number
        }
        prefixPadding = try fields.milliseconds("prefix_padding_ms")
        silence = try fields.milliseconds("silence_duration_ms")
        createsResponse = try fields.bool("create_response")
        interruptsResponse = try fields.bool("interrupt_response")
    }
}

extension SessionSettings {
    mutating func apply(_ update: SessionUpdate) {
        inputFormat = update.inputFormat ?? inputFormat
        outputFormat = update.outputFormat ?? outputFormat
        modality = update.modality ?? modality
        transcribesInput = update.transcribesInput ?? transcribesInput
        switch update.turns {
        case .keep: break
        case .remove: turns = nil
        case .set(let change):
            var detection = turns ?? TurnDetection()
            detection.threshold = change.threshold ?? detection.threshold
            detection.prefixPadding = change.prefixPadding ?? detection.prefixPadding
            detection.silence = change.silence ?? detection.silence
            detection.createsResponse = change.createsResponse ?? detection.createsResponse
            detection.interruptsResponse = change.interruptsResponse ?? detection.interruptsResponse
            turns = detection
        }
    }
}
