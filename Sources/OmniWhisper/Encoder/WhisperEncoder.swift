public import OmniCore
import OmniNN
public import OmniTensor

/// The encoder of Whisper (Radford et al., openai/whisper): a spoken utterance in, one row of features for each 20 ms
/// of it out.
///
/// The value is immutable and can be shared: calls keep nothing. Only the encoder is read from a checkpoint; the text
/// decoder that published files also hold is left where it is.
public struct WhisperEncoder: SpeechEncoder {
    /// The dimensions.
    public let configuration: Configuration
    /// How much of the context an utterance is encoded in.
    public var audioContext = AudioContext.whole
    /// The spectrogram that the encoder listens to; make a stream of it to compute frames while audio arrives.
    public let spectrogram: LogMelSpectrogram

    let stem: EncoderStem
    let blocks: [EncoderBlock]
    let finalNorm: LayerNorm

    /// PyTorch's default, which Whisper uses.
    static var normEpsilon: Float { 1e-5 }

    /// Builds the encoder from weights named as in the published `.pt` files or as on Hugging Face.
    ///
    /// - Parameters:
    ///   - weights: the root of the checkpoint.
    ///   - configuration: the dimensions that the weights must have; see ``Configuration/init(shapesOf:)``.
    ///   - engine: what to compute with.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`; `CheckpointError` when there is no encoder, or a tensor is missing,
    ///   misshapen or of no use; `ComputeEngineError` for a precision that
    ///   the engine has not.
    public init(
        _ weights: WeightScope, configuration: Configuration, engine: any ComputeEngine,
        precision: WeightPrecision = .float32
    ) throws {
        try configuration.validate()
        let names = try WhisperNames(of: .encoder, in: weights)
        let scope = weights.scope(names.root)
        self.configuration = configuration
        spectrogram = LogMelSpectrogram(
            melBinCount: configuration.melBinCount, frameCount: configuration.melFrameCount)
        stem = try EncoderStem(
            scope, names: names, configuration: configuration, engine: engine, precision: precision)
        blocks = try (0..<configuration.layerCount).map { index in
            try EncoderBlock(
                scope.scope(names.blocks).scope(index), names: names, configuration: configuration, engine: engine,
                precision: precision)
        }
        finalNorm = try LayerNorm(
            scope.scope(names.finalNorm), width: configuration.width, epsilon: Self.normEpsilon, engine: engine)
        try scope.requireAllRead()
    }

    /// 16 kHz.
    public var inputSampleRate: Int { WhisperAudio.sampleRate }

    /// What fits into the context: 480 000 samples, 30 s, in the published models. A longer utterance is cut there.
    public var maximumSampleCount: Int { configuration.sampleCount }
}

extension WhisperEncoder {
    /// A tenth of a second, as speech services have it: no word is shorter.
    public var minimumSampleCount: Int { WhisperAudio.sampleRate / 10 }
}

extension WhisperEncoder {
    /// How much of the context an utterance is encoded in.
    public enum AudioContext: String, Sendable, Hashable, CaseIterable {
        /// All of it, padded with silence, as the reference does and as Whisper was trained: exact, and always the same
        /// work.
        case whole
        /// What was said and a second of silence after it. Work is in proportion to the utterance; features differ,
        /// since attention sees less silence than in training.
        case trimmed
    }

    /// Silence that is kept after a trimmed utterance: attention wants some place to go.
    private static var trailingPositionCount: Int { 50 }

    /// Positions to encode for `rowCount` rows of features.
    func positionCount(forRowCount rowCount: Int) -> Int {
        switch audioContext {
        case .whole: configuration.contextLength
        case .trimmed: min(rowCount + Self.trailingPositionCount, configuration.contextLength)
        }
    }
}
