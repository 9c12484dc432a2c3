import OmniCore
import OmniPipeline
import OmniWhisper

/// What a client wants written down, and how it wants to read it.
struct TranscriptionRequest: Sendable {
    let recording: UploadedAudio
    let format: TranscriptionResponseFormat
    /// Whether the transcript comes while it is made, as server-sent events.
    let streams: Bool
    /// What is asked of a transcriber; a language model takes none of it.
    let options: TranscriptionOptions
    /// Whether the verbose form has segments, and words.
    let granularities: Set<TranscriptionGranularity>

    /// The longest recording.
    static let maximumDuration = Duration.seconds(600)

    /// - Parameters:
    ///   - form: the fields of the request.
    ///   - task: what is written.
    ///   - languages: those that the server's transcriber knows; `nil` without one: then the language model writes.
    ///   - target: what is kept of the recording.
    init(
        _ form: MultipartForm, task: TranscriptionTask = .transcribe, languages: [WhisperLanguage]? = nil,
        for target: UploadedAudio.Target = UploadedAudio.Target()
    ) throws(APIError) {
        guard let file = form["file"] else {
            throw .invalid("file is missing", code: "missing_required_parameter", parameter: "file")
        }
        let name = form.text("response_format") ?? "json"
        guard let format = TranscriptionResponseFormat(rawValue: name) else {
            let known = TranscriptionResponseFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("response_format is one of \(known)", code: "invalid_value", parameter: "response_format")
        }
        self.format = format
        streams = try Self.bool(form.text("stream"), "stream")
        guard !streams || format == .json || format == .text else {
            throw .invalid(
                "a stream has events, not \(name): response_format is json or text", code: "unsupported_value",
                parameter: "response_format")
        }
        try Self.checkHints(form)
        granularities = try Self.granularities(form, format, knowsWords: languages != nil)
        options = TranscriptionOptions(
            task: task, language: try Self.language(form, languages), prompt: form.text("prompt"),
            temperature: try Self.temperature(form), hasWordTimes: granularities.contains(.word))
        if task == .translate, (languages?.count ?? 1) < 2 {
            throw .invalid("this server has no model that translates", code: "unsupported_value", parameter: "model")
        }
        var target = target
        target.maximumDuration = Self.maximumDuration
        recording = try UploadedAudio(file.bytes, parameter: "file", for: target)
    }

    private static func bool(_ text: String?, _ name: String) throws(APIError) -> Bool {
        switch text?.lowercased() {
        case nil, "", "false", "0": return false
        case "true", "1": return true
        default: throw .invalid("\(name) is true or false", code: "invalid_value", parameter: name)
        }
    }

    private static func granularities(
        _ form: MultipartForm, _ format: TranscriptionResponseFormat, knowsWords: Bool
    ) throws(APIError) -> Set<TranscriptionGranularity> {
        let parameter = "timestamp_granularities"
        var found: Set<TranscriptionGranularity> = []
        for text in form.texts(parameter) {
            guard let granularity = TranscriptionGranularity(rawValue: text) else {
                throw .invalid("\(parameter) is segment or word", code: "invalid_value", parameter: parameter)
            }
            found.insert(granularity)
        }
        guard found.isEmpty || format == .verboseJSON else {
            throw .invalid(
                "only response_format verbose_json has times", code: "unsupported_value", parameter: parameter)
        }
        guard knowsWords || !found.contains(.word) else {
            throw .invalid(
                "the model knows no times of words: timestamp_granularities is segment", code: "unsupported_value",
                parameter: parameter)
        }
        return found.isEmpty ? [.segment] : found
    }

    private static func language(
        _ form: MultipartForm, _ languages: [WhisperLanguage]?
    ) throws(APIError) -> String? {
        guard let text = form.text("language"), !text.isEmpty else { return nil }
        guard let language = WhisperLanguage(text), languages?.contains(language) ?? true else {
            throw .invalid(
                "the model knows no language “\(text.excerpt())”", code: "invalid_value", parameter: "language")
        }
        guard languages == nil else { return language.code }
        guard language == .english else {
            throw .invalid(
                "this server has no transcriber: its model writes English alone", code: "unsupported_value",
                parameter: "language")
        }
        return nil
    }

    /// What decides about nothing here, and must be what the API has.
    private static func checkHints(_ form: MultipartForm) throws(APIError) {
        for text in form.texts("include") {
            guard text == "logprobs" else {
                throw .invalid("include is logprobs", code: "invalid_value", parameter: "include")
            }
            throw .invalid(
                "a transcript has no probabilities of tokens", code: "unsupported_value", parameter: "include")
        }
        let strategies = [form.text("chunking_strategy"), form.text("chunking_strategy[type]")]
        for text in strategies.compactMap(\.self) where !["", "auto", "server_vad"].contains(strategy(text)) {
            throw .invalid(
                "chunking_strategy is auto, or an object whose type is server_vad", code: "invalid_value",
                parameter: "chunking_strategy")
        }
    }

    /// The type of an object in JSON, or the text itself.
    private static func strategy(_ text: String) -> String {
        (try? JSON(parsing: text.utf8))?["type"]?.string ?? text
    }

    /// 0 is the default: the most probable text, and higher temperatures only where that repeats itself.
    private static func temperature(_ form: MultipartForm) throws(APIError) -> Float? {
        guard let text = form.text("temperature"), !text.isEmpty else { return nil }
        guard let value = Float(text), (0...1).contains(value) else {
            throw .invalid("temperature is 0 to 1", code: "invalid_value", parameter: "temperature")
        }
        return value == 0 ? nil : value
    }
}

/// What the verbose form tells the times of.
enum TranscriptionGranularity: String, Hashable {
    case segment, word
}
