/// What is wrong with an encoder's configuration or with the sound it is given, with the facts. Faults of the weights
/// are `CheckpointError`s.
public enum WhisperError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `config.json` cannot be read, or is not JSON of the right types.
    case unreadableConfiguration(file: String, reason: String)
    /// A dimension that no encoder can have, or that cannot be found out. `field` is its name in the file.
    case invalidConfiguration(field: String, reason: String)
    /// The folder has neither `model.safetensors` nor `pytorch_model.bin`.
    case missingWeights(directory: String)
    /// The checkpoint holds no Whisper encoder under any name that is in use.
    case noEncoder(file: String)
    /// Sound at another rate than the encoder's, in Hz.
    case wrongSampleRate(expected: Int, found: Int)
    /// A sample that is not a finite number.
    case notFinite(sampleIndex: Int)

    public var description: String {
        switch self {
        case .unreadableConfiguration(let file, let reason): "\(file): \(reason)"
        case .invalidConfiguration(let field, let reason): "the encoder's configuration: \(field): \(reason)"
        case .missingWeights(let directory): "\(directory): there is no model.safetensors and no pytorch_model.bin"
        case .noEncoder(let file): "\(file): there is no Whisper encoder among the tensors"
        case .wrongSampleRate(let expected, let found):
            "the encoder takes sound at \(expected) Hz, not at \(found) Hz"
        case .notFinite(let index): "sample \(index) is not a finite number"
        }
    }
}
