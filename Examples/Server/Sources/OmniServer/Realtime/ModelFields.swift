/// Fields that sessions and responses have in common, and what this model makes of them.
extension Fields {
    /// Checks a field that asks for something the model cannot follow, and that a conversation works without: it is
    /// accepted where its value is one of the API's. Tools are no such field: who offers them waits for calls.
    ///
    /// - Returns: `false` when there is no such field.
    func checkHint(_ name: String) throws(APIError) -> Bool {
        guard let value = value(name) else { return false }
        let isNull = value == .null
        switch name {
        case "instructions": _ = try optionalString(name)
        case "temperature":
            guard isNull || (value.number.map { (0...2).contains($0) } ?? false) else { throw wrong(name, "0 to 2") }
        case "tools":
            guard isNull || value.array != nil else { throw wrong(name, "an array") }
            guard value.array?.isEmpty ?? true else { throw unsupported(name, "this model cannot use tools") }
        case "tool_choice":
            guard isNull || value == "auto" || value == "none" else {
                throw unsupported(name, "this model cannot use tools")
            }
        case "parallel_tool_calls": _ = try bool(name)
        case "tracing":
            guard isNull || value == "auto" || value.isObject else { throw wrong(name, "auto, an object or null") }
        case "truncation":
            guard isNull || value == "auto" || value == "disabled" || value.isObject else {
                throw wrong(name, "auto, disabled or an object")
            }
        case "prompt", "reasoning": _ = try optionalObject(name)
        case "include":
            guard isNull || (value.array?.allSatisfy { $0.string != nil } ?? false) else {
                throw wrong(name, "an array of strings")
            }
        default: return false
        }
        return true
    }

    /// Any voice may be asked for; there is one.
    func checkVoice(_ name: String) throws(APIError) {
        guard let value = json[name], value.string == nil else { return }
        guard value["id"]?.string != nil else { throw wrong(name, "a string, or an object with an id") }
    }

    /// The speed of speech. Another one would be heard: it is refused.
    func checkSpeed(_ name: String) throws(APIError) {
        guard let value = json[name] else { return }
        guard value.number != nil else { throw wrong(name, "a number") }
        guard value.number == 1 else { throw unsupported(name, "the speed is 1") }
    }

    /// `max_output_tokens`: steps of a reply at most; `nil` for `"inf"` and `null`.
    func stepLimit(_ name: String) throws(APIError) -> Int? {
        guard let limit = json[name], limit.string != "inf" else { return nil }
        guard let count = limit.integer, count > 0 else { throw wrong(name, "a positive number or “inf”") }
        return count
    }

    /// A format as `{"type": "audio/pcm", "rate": 24000}`, or by its older name: `pcm16`, `g711_ulaw`, `g711_alaw`.
    func audioFormat(_ name: String) throws(APIError) -> AudioFormat? {
        if let old = json[name]?.string {
            guard let format = AudioFormat(oldName: old) else { throw wrong(name, "pcm16, g711_ulaw or g711_alaw") }
            return format
        }
        guard let fields = try optionalObject(name) else { return nil }
        try fields.allow(["type", "rate"])
        guard let format = AudioFormat(rawValue: try fields.string("type")) else {
            throw fields.wrong("type", "audio/pcm, audio/pcmu or audio/pcma")
        }
        if let rate = fields.json["rate"], rate.integer != format.sampleRate {
            throw fields.wrong("rate", "\(format.sampleRate)")
        }
        return format
    }

    /// `metadata`: what a client attaches to a response and gets back with it.
    func metadata() throws(APIError) -> [String: String] {
        guard let fields = try optionalObject("metadata") else { return [:] }
        guard fields.names.count <= 16 else { throw wrong("metadata", "an object of at most 16 members") }
        var metadata: [String: String] = [:]
        for name in fields.names {
            guard name.utf8.count <= 64, let text = try fields.optionalString(name), text.utf8.count <= 512 else {
                throw wrong("metadata", "strings of at most 512 bytes under names of at most 64")
            }
            metadata[name] = text
        }
        return metadata
    }
}

extension AudioFormat {
    /// The name in the beta version of the API.
    init?(oldName: String) {
        switch oldName {
        case "pcm16": self = .pcm
        case "g711_ulaw": self = .pcmu
        case "g711_alaw": self = .pcma
        default: return nil
        }
    }
}
