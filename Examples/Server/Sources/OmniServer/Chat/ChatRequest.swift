import OmniCore
import OmniPipeline

/// What the reference's clients post to `/chat`.
struct ChatRequest: Sendable {
    let question: UploadedAudio
    /// Frames in a chunk of the reply.
    let stride: Int
    /// Positions that question and answer may take together.
    let maximumPositionCount: Int

    /// - Parameter target: what is kept of the question.
    init(_ json: JSON, for target: UploadedAudio.Target = UploadedAudio.Target()) throws(APIError) {
        guard json.isObject else { throw .invalid("the request is a JSON object", code: "invalid_json") }
        guard let audio = json["audio"]?.string else {
            throw .invalid(
                "audio, a WAV file in base64, is missing", code: "missing_required_parameter", parameter: "audio")
        }
        if json["image"] != nil {
            throw .invalid("this model cannot see", code: "unsupported_value", parameter: "image")
        }
        question = try Self.audio(base64: audio, for: target)
        stride = try Self.count(json, "stream_stride", default: 4, in: 1...256)
        maximumPositionCount = try Self.count(json, "max_tokens", default: 2048, in: 1...1 << 20)
    }

    /// A WAV file in base64. Line breaks in it are passed over, as Python's decoder does.
    private static func audio(
        base64: String, for target: UploadedAudio.Target
    ) throws(APIError) -> UploadedAudio {
        guard let bytes = [UInt8](base64: base64) else {
            throw .invalid("audio is not base64", code: "invalid_base64", parameter: "audio")
        }
        return try UploadedAudio(bytes, parameter: "audio", for: target)
    }

    private static func count(
        _ json: JSON, _ name: String, default standard: Int, in range: ClosedRange<Int>
    ) throws(APIError) -> Int {
        guard let value = json[name] else { return standard }
        guard let count = value.integer, range.contains(count) else {
            throw .invalid(
                "\(name) must be \(range.lowerBound) to \(range.upperBound)", code: "invalid_value", parameter: name)
        }
        return count
    }
}
