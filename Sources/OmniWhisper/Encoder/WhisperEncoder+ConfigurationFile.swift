public import Foundation
public import OmniTensor

// Hugging Face's `config.json`.
extension WhisperEncoder.Configuration: Codable {
    private enum CodingKeys: String, CodingKey {
        case melBinCount = "num_mel_bins"
        case contextLength = "max_source_positions"
        case width = "d_model"
        case headCount = "encoder_attention_heads"
        case layerCount = "encoder_layers"
        case mlpWidth = "encoder_ffn_dim"
        case activation = "activation_function"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let activation = try values.decodeIfPresent(String.self, forKey: .activation) ?? "gelu"
        guard activation == "gelu" else {
            throw ModelConfigurationError.invalid(
                field: CodingKeys.activation.rawValue, reason: "no Whisper encoder uses \(activation)")
        }
        self.init(
            melBinCount: try values.decode(Int.self, forKey: .melBinCount),
            contextLength: try values.decode(Int.self, forKey: .contextLength),
            width: try values.decode(Int.self, forKey: .width),
            headCount: try values.decode(Int.self, forKey: .headCount),
            layerCount: try values.decode(Int.self, forKey: .layerCount),
            mlpWidth: try values.decodeIfPresent(Int.self, forKey: .mlpWidth))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(melBinCount, forKey: .melBinCount)
        try values.encode(contextLength, forKey: .contextLength)
        try values.encode(width, forKey: .width)
        try values.encode(headCount, forKey: .headCount)
        try values.encode(layerCount, forKey: .layerCount)
        try values.encode(mlpWidth, forKey: .mlpWidth)
        try values.encode("gelu", forKey: .activation)
    }

    /// Reads and validates a Hugging Face `config.json`.
    public init(contentsOf url: URL) throws(ModelConfigurationError) {
        try self.init(validating: url)
    }
}

extension WhisperEncoder.Configuration: PublishedConfiguration {
    /// Finds the dimensions out from the shapes of the tensors.
    ///
    /// All but the head count can be seen there; heads are 64 wide in every published model. The length of a checkpoint
    /// that stores no positions is taken to be 1500.
    ///
    /// - Parameter weights: the root of a checkpoint, under the names of openai-whisper or of Hugging Face.
    /// - Throws: `CheckpointError` when there is no encoder; `ModelConfigurationError` when the width is no multiple of
    ///   64.
    public init(shapesOf weights: WeightScope) throws {
        let names = try WhisperNames(of: .encoder, in: weights)
        let scope = weights.scope(names.root)
        guard let convolution = scope.info("conv1.weight")?.shape, convolution.rank == 3 else {
            throw WhisperNames.missing(.encoder, in: weights)
        }
        let width = convolution[0]
        let block = try names.blockDimensions(in: weights, width: width, headField: "n_audio_head")
        self.init(
            melBinCount: convolution[1],
            contextLength: scope.info(names.positions).flatMap { $0.shape.dimensions.first } ?? 1500,
            width: width, headCount: block.headCount, layerCount: block.layerCount, mlpWidth: block.mlpWidth)
    }

    init?(dimension: (String) -> Int?) throws(ModelConfigurationError) {
        let fields = ["n_mels", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer"]
        guard let values = try Self.values(of: fields, dimension) else { return nil }
        self.init(
            melBinCount: values[0], contextLength: values[1], width: values[2], headCount: values[3],
            layerCount: values[4])
    }
}
