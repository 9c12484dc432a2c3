import OmniNN
public import OmniTensor

/// The text decoder of Whisper (Radford et al., openai/whisper): tokens so far and the features of an utterance in,
/// logits of the next token out.
///
/// The value is immutable and can be shared: what a sequence changes is in its caches.
public struct WhisperDecoder: Sendable {
    /// The dimensions.
    public let configuration: Configuration

    /// `[V, D]`, the embedding and the head.
    let table: Linear
    /// `[context, D]`
    let positions: Tensor<Float>
    let blocks: [DecoderBlock]
    let finalNorm: LayerNorm
    let engine: any ComputeEngine

    /// Builds the decoder from weights named as in the published `.pt` files or as on Hugging Face.
    ///
    /// - Parameters:
    ///   - weights: the root of the checkpoint.
    ///   - configuration: the dimensions that the weights must have.
    ///   - engine: what to compute with.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`; `CheckpointError` when there is no decoder, or a tensor is missing,
    ///   misshapen or of no use; `ComputeEngineError` for a precision that
    ///   the engine has not.
    public init(
        _ weights: WeightScope, configuration: Configuration, engine: any ComputeEngine,
        precision: WeightPrecision = .float32
    ) throws {
        try configuration.validate()
        let names = try WhisperNames(of: .decoder, in: weights)
        let scope = weights.scope(names.root)
        self.configuration = configuration
        self.engine = engine
        let width = configuration.width
        let wanted = WantedMatrix(names.embedding, [configuration.vocabularyCount, width], bias: false)
        table = try Linear(scope, wanted, engine: engine, precision: precision) { scope in
            (try scope.tensor(names.embedding, wanted.shape), nil)
        }
        positions = try scope.tensor(names.positions, [configuration.contextLength, width])
        blocks = try (0..<configuration.layerCount).map { index in
            try DecoderBlock(
                scope.scope(names.blocks).scope(index), names: names, configuration: configuration, engine: engine,
                precision: precision)
        }
        finalNorm = try LayerNorm(
            scope.scope(names.finalNorm), width: width, epsilon: WhisperEncoder.normEpsilon, engine: engine)
        try scope.requireAllRead()
    }
}
