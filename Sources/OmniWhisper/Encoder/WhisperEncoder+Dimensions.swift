public import OmniTensor

extension WhisperEncoder.Configuration: PublishedConfiguration {
    /// Finds the dimensions out from the shapes of the tensors.
    ///
    /// All but the head count can be seen there; heads are 64 wide in every published model. The length of a checkpoint
    /// that stores no positions is taken to be 1500.
    ///
    /// - Parameter weights: the root of a checkpoint, under the names of openai-whisper or of Hugging Face.
    /// - Throws: ``WhisperError/noEncoder(file:)``; ``WhisperError/invalidConfiguration(field:reason:)`` when the width
    ///   is no multiple of 64.
    public init(shapesOf weights: WeightScope) throws(WhisperError) {
        let names = try WhisperNames(of: .encoder, in: weights)
        let scope = weights.scope(names.root)
        guard let convolution = scope.info("conv1.weight")?.shape, convolution.rank == 3 else {
            throw .noEncoder(file: weights.file)
        }
        let width = convolution[0]
        let block = try names.blockDimensions(in: weights, width: width, headField: "n_audio_head")
        self.init(
            melBinCount: convolution[1],
            contextLength: scope.info(names.positions).flatMap { $0.shape.dimensions.first } ?? 1500,
            width: width, headCount: block.headCount, layerCount: block.layerCount, mlpWidth: block.mlpWidth)
    }

    init?(dimension: (String) -> Int?) throws(WhisperError) {
        let fields = ["n_mels", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer"]
        guard let values = try Self.values(of: fields, dimension) else { return nil }
        self.init(
            melBinCount: values[0], contextLength: values[1], width: values[2], headCount: values[3],
            layerCount: values[4])
    }
}
