public import OmniTensor

extension WhisperEncoder.Configuration {
    /// Finds the dimensions out from the shapes of the tensors.
    ///
    /// All but the head count can be seen there; heads are 64 wide in every published model. The length of a checkpoint
    /// that stores no positions is taken to be 1500.
    ///
    /// - Parameter weights: the root of a checkpoint, under the names of openai-whisper or of Hugging Face.
    /// - Throws: ``WhisperError/noEncoder(file:)``; ``WhisperError/invalidConfiguration(field:reason:)`` when the width
    ///   is no multiple of 64.
    public init(shapesOf weights: WeightScope) throws(WhisperError) {
        let names = try EncoderNames(of: weights)
        let scope = weights.scope(names.root)
        guard let convolution = scope.info("conv1.weight")?.shape, convolution.rank == 3 else {
            throw .noEncoder(file: weights.file)
        }
        let width = convolution[0]
        guard width > 0, width % 64 == 0 else {
            throw .invalidConfiguration(
                field: "n_audio_head", reason: "nothing tells how many heads share a width of \(width)")
        }
        var layerCount = 0
        while scope.scope(names.blocks).scope(layerCount).contains(names.query + ".weight") { layerCount += 1 }
        self.init(
            melBinCount: convolution[1],
            contextLength: scope.info(names.positions).flatMap { $0.shape.dimensions.first } ?? 1500,
            width: width, headCount: width / 64, layerCount: layerCount,
            mlpWidth: scope.scope(names.blocks).scope(0).info(names.mlpIn + ".bias")?.shape.dimensions.first)
    }

    /// Reads the `dims` of a published `.pt` file; `nil` when there are none.
    ///
    /// - Parameter dimension: the integer under a name such as `n_mels`.
    /// - Throws: ``WhisperError/invalidConfiguration(field:reason:)`` when only some of them are there.
    init?(dimension: (String) -> Int?) throws(WhisperError) {
        let fields = ["n_mels", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer"]
        guard fields.contains(where: { dimension($0) != nil }) else { return nil }
        func require(_ field: String) throws(WhisperError) -> Int {
            guard let value = dimension(field) else {
                throw .invalidConfiguration(field: field, reason: "there is no integer of that name")
            }
            return value
        }
        self.init(
            melBinCount: try require("n_mels"), contextLength: try require("n_audio_ctx"),
            width: try require("n_audio_state"), headCount: try require("n_audio_head"),
            layerCount: try require("n_audio_layer"))
    }
}
