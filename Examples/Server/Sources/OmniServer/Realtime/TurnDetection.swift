import OmniPipeline

/// How the server finds the turns of a client that sends live audio.
struct TurnDetection: Hashable, Sendable {
    /// `server_vad`: a turn ends with a silence.
    struct ServerVAD: Hashable, Sendable {
        var threshold = 0.5
        var prefixPadding = Duration.milliseconds(300)
        var silence = Duration.milliseconds(500)
        /// A client that is silent for so long after a reply gets another; `nil`: it does not.
        var idleTimeout: Duration?
    }

    /// `semantic_vad`: how soon a pause is taken for the end of a turn.
    enum Eagerness: String, CaseIterable, Sendable {
        case low, medium, high, auto

        /// The silence that ends a turn where no model judges whether it is over.
        var silence: Duration {
            switch self {
            case .low: .milliseconds(1_000)
            case .medium, .auto: .milliseconds(500)
            case .high: .milliseconds(300)
            }
        }

        /// How long to wait where a model judges that the turn is not over.
        var ofModel: SemanticTurnEnd.Eagerness {
            switch self {
            case .low: .low
            case .medium: .medium
            case .high: .high
            case .auto: .auto
            }
        }
    }

    enum Method: Hashable, Sendable {
        case serverVAD(ServerVAD)
        case semanticVAD(Eagerness)
    }

    var method = Method.serverVAD(ServerVAD())
    var createsResponse = true
    var interruptsResponse = true

    var idleTimeout: Duration? {
        if case .serverVAD(let vad) = method { vad.idleTimeout } else { nil }
    }

    /// - Parameter hasTurnModel: whether a model judges at a pause whether the turn is over.
    func turnSettings(hasTurnModel: Bool) -> TurnSettings {
        var settings = TurnSettings()
        settings.interruptsReply = interruptsResponse
        // Any speech over a reply stops it: the player, which could pause, is at the client.
        settings.backchannelTolerance = .zero
        switch method {
        case .serverVAD(let vad):
            settings.threshold = Float(vad.threshold)
            settings.prefixPadding = vad.prefixPadding
            settings.silence = vad.silence
        case .semanticVAD(let eagerness) where hasTurnModel:
            settings.semantic = SemanticTurnEnd(eagerness: eagerness.ofModel)
        case .semanticVAD(let eagerness):
            settings.silence = eagerness.silence
        }
        return settings
    }

    var json: JSON {
        switch method {
        case .serverVAD(let vad):
            [
                "type": "server_vad", "threshold": .number(vad.threshold),
                "prefix_padding_ms": .milliseconds(vad.prefixPadding),
                "silence_duration_ms": .milliseconds(vad.silence), "create_response": .bool(createsResponse),
                "interrupt_response": .bool(interruptsResponse),
                "idle_timeout_ms": vad.idleTimeout.map { .milliseconds($0) } ?? .null,
            ]
        case .semanticVAD(let eagerness):
            [
                "type": "semantic_vad", "eagerness": .string(eagerness.rawValue),
                "create_response": .bool(createsResponse), "interrupt_response": .bool(interruptsResponse),
            ]
        }
    }
}

extension TurnDetection {
    /// What `turn_detection` changes; a field that is not named stays, unless the type changes.
    func applying(_ fields: Fields) throws(APIError) -> TurnDetection {
        var changed = self
        switch (try fields.optionalString("type"), method) {
        case (nil, _), ("server_vad", .serverVAD), ("semantic_vad", .semanticVAD): break
        case ("server_vad", _): changed.method = .serverVAD(ServerVAD())
        case ("semantic_vad", _): changed.method = .semanticVAD(.auto)
        default: throw fields.wrong("type", "server_vad or semantic_vad, or turn_detection null")
        }
        changed.createsResponse = try fields.bool("create_response") ?? changed.createsResponse
        changed.interruptsResponse = try fields.bool("interrupt_response") ?? changed.interruptsResponse
        let common: Set = ["type", "create_response", "interrupt_response"]
        switch changed.method {
        case .serverVAD(var vad):
            try fields.allow(
                common.union(["threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms"]))
            try vad.apply(fields)
            changed.method = .serverVAD(vad)
        case .semanticVAD:
            try fields.allow(common.union(["eagerness"]))
            guard let name = try fields.optionalString("eagerness") else { break }
            guard let eagerness = Eagerness(rawValue: name) else {
                throw fields.wrong("eagerness", "low, medium, high or auto")
            }
            changed.method = .semanticVAD(eagerness)
        }
        return changed
    }
}

extension TurnDetection.ServerVAD {
    fileprivate mutating func apply(_ fields: Fields) throws(APIError) {
        if let value = fields.json["threshold"] {
            guard let number = value.number, (0...1).contains(number) else { throw fields.wrong("threshold", "0 to 1") }
            threshold = number
        }
        prefixPadding = try fields.milliseconds("prefix_padding_ms") ?? prefixPadding
        silence = try fields.milliseconds("silence_duration_ms") ?? silence
        guard let value = fields.value("idle_timeout_ms") else { return }
        guard value != .null else { return idleTimeout = nil }
        guard let number = value.number, (5_000...30_000).contains(number) else {
            throw fields.wrong("idle_timeout_ms", "5000 to 30000 milliseconds, or null")
        }
        idleTimeout = .seconds(number / 1000)
    }
}

extension JSON {
    static func milliseconds(_ duration: Duration) -> JSON { .integer(Int(duration / .milliseconds(1))) }
}
