/// What is wrong with the codes that a codec is given, with the facts. Faults of the weights are `CheckpointError`s,
/// those of the configuration `ModelConfigurationError`s, those of audio `AudioInputError`s.
public enum SNACError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A code that its codebook does not have.
    case codeOutOfRange(code: Int32, codebook: Int, codebookSize: Int)
    /// A frame with too few or too many codes.
    case wrongFrameWidth(expected: Int, found: Int)
    /// Code lists whose lengths do not make whole frames.
    case unevenCodes(counts: [Int], codesPerFrame: [Int])
    /// Recorded noise that does not reach as far as the frames.
    case recordedNoiseTooShort(block: Int, needed: Int, found: Int)
    /// A frame for a stream that has ended.
    case streamFinished

    public var description: String {
        switch self {
        case .codeOutOfRange(let code, let codebook, let size):
            "code \(code) is outside codebook \(codebook), which has \(size) codes"
        case .wrongFrameWidth(let expected, let found): "a frame has \(expected) codes, not \(found)"
        case .unevenCodes(let counts, let perFrame):
            "\(counts) codes in the codebooks do not make whole frames of \(perFrame)"
        case .recordedNoiseTooShort(let block, let needed, let found):
            "block \(block) needs \(needed) samples of noise, but \(found) were recorded"
        case .streamFinished: "the stream has ended and takes no more frames"
        }
    }
}
