public import Foundation
public import OmniTensor

// Hugging Face's `config.json`.
extension WhisperDecoder.Configuration: Codable {
    private enum CodingKeys: String, CodingKey {
        case vocabularyCount = "vocab_size"
        case contextLength = "max_target_positions"
        case width = "d_model"
        case headCount = "decoder_attention_heads"
        case layerCount = "decoder_layers"
        case mlpWidth = "decoder_ffn_dim"
        case scalesEmbedding = "scale_embedding"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if try values.decodeIfPresent(Bool.self, forKey: .scalesEmbedding) ?? false {
            throw ModelConfigurationError.invalid(
                field: CodingKeys.scalesEmbedding.rawValue, reason: "no Whisper decoder scales its embedding")
        }
        self.init(
            vocabularyCount: try values.decode(Int.self, forKey: .vocabularyCount),
            contextLength: try values.decode(Int.self, forKey: .contextLength),
            width: try values.decode(Int.self, forKey: .width),
            headCount: try values.decode(Int.self, forKey: .headCount),
            layerCount: try values.decode(Int.self, forKey: .layerCount),
            mlpWidth: try values.decodeIfPresent(Int.self, forKey: .mlpWidth))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(vocabularyCount, forKey: .vocabularyCount)
        try values.encode(contextLength, forKey: .contextLength)
        try values.encode(width, forKey: .width)
        try values.encode(headCount, forKey: .headCount)
        try values.encode(layerCount, forKey: .layerCount)
        try values.encode(mlpWidth, forKey: .mlpWidth)
    }

    /// Reads and validates a Hugging Face `config.json`.
    public init(contentsOf url: URL) throws(ModelConfigurationError) {
        try self.init(validating: url)
    }
}

extension WhisperDecoder.Configuration: PublishedConfiguration {
    init?(dimension: (String) -> Int?) throws(ModelConfigurationError) {
        let fields = ["n_vocab", "n_text_ctx", "n_text_state", "n_text_head", "n_text_layer"]
        guard let values = try Self.values(of: fields, dimension) else { return nil }
        self.init(
            vocabularyCount: values[0], contextLength: values[1], width: values[2], headCount: values[3],
            layerCount: values[4])
    }

    init(shapesOf weights: WeightScope) throws {
        let names = try WhisperNames(of: .decoder, in: weights)
        let scope = weights.scope(names.root)
        guard let table = scope.info(names.embedding)?.shape, table.rank == 2,
            let positions = scope.info(names.positions)?.shape, positions.rank == 2
        else { throw WhisperNames.missing(.decoder, in: weights) }
        let block = try names.blockDimensions(in: weights, width: table[1], headField: "n_text_head")
        self.init(
            vocabularyCount: table[0], contextLength: positions[0], width: table[1], headCount: block.headCount,
            layerCount: block.layerCount, mlpWidth: block.mlpWidth)
    }
}
