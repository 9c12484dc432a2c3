public import Foundation

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
            throw WhisperError.invalidConfiguration(
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

    /// Reads a Hugging Face `config.json`.
    ///
    /// - Throws: ``WhisperError/unreadableConfiguration(file:reason:)``,
    ///   ``WhisperError/invalidConfiguration(field:reason:)``.
    public init(contentsOf url: URL) throws(WhisperError) {
        self = try ConfigurationFile.decode(Self.self, from: url)
    }
}
