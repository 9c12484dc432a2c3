import OmniCore
import OmniPipeline

/// What a client wants written down, and how it wants to read it.
struct TranscriptionRequest: Hashable {
    let audio: AudioChunk
    let format: TranscriptionResponseFormat
    /// Whether the transcript comes while it is made, as server-sent events.
    let streams: Bool

    /// The longest recording.
    static let maximumDuration = Duration.seconds(600)

    init(_ form: MultipartForm) throws(APIError) {
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
        guard form.texts("timestamp_granularities").allSatisfy({ $0 == "segment" }) else {
            throw .invalid(
                "the model knows no times of words: timestamp_granularities is segment", code: "unsupported_value",
                parameter: "timestamp_granularities")
        }
        audio = try UploadedAudio.decode(file.bytes, parameter: "file")
        guard audio.duration <= Self.maximumDuration else {
            throw .invalid(
                "the recording is longer than \(Int(Self.maximumDuration.inSeconds)) s", code: "audio_too_long",
                parameter: "file")
        }
    }

    private static func bool(_ text: String?, _ name: String) throws(APIError) -> Bool {
        switch text?.lowercased() {
        case nil, "", "false", "0": return false
        case "true", "1": return true
        default: throw .invalid("\(name) is true or false", code: "invalid_value", parameter: name)
        }
    }
}
