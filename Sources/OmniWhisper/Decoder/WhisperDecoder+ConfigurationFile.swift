public import Foundation
import OmniTensor

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
            throw WhisperError.invalidConfiguration(
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

    /// Reads a Hugging Face `config.json`.
    ///
    /// - Throws: ``WhisperError/unreadableConfiguration(file:reason:)``,
    ///   ``WhisperError/invalidConfiguration(field:reason:)``.
    public init(contentsOf url: URL) throws(WhisperError) {
        self = try ConfigurationFile.decode(Self.self, from: url)
    }
}

extension WhisperDecoder.Configuration {
    /// The dimensions of a decoder in a file: those that the file names (`dims`), those of the `config.json` beside it,
    /// or else those that its shapes tell.
    ///
    /// - Throws: ``WhisperError``.
    init(of checkpoint: Checkpoint, _ weights: WeightScope, at file: URL) throws(WhisperError) {
        if let stored = try Self(dimension: { checkpoint.integer("dims." + $0) }) {
            self = stored
            return
        }
        let beside = file.deletingLastPathComponent().appending(path: "config.json")
        if FileManager.default.fileExists(atPath: beside.path) {
            try self.init(contentsOf: beside)
        } else {
            try self.init(shapesOf: weights)
        }
    }

    /// Reads the `dims` of a published `.pt` file; `nil` when there are none.
    ///
    /// - Parameter dimension: the integer under a name such as `n_vocab`.
    /// - Throws: ``WhisperError/invalidConfiguration(field:reason:)`` when only some of them are there.
    init?(dimension: (String) -> Int?) throws(WhisperError) {
        let fields = ["n_vocab", "n_text_ctx", "n_text_state", "n_text_head", "n_text_layer"]
        guard fields.contains(where: { dimension($0) != nil }) else { return nil }
        var values: [Int] = []
        for field in fields {
            guard let value = dimension(field) else {
                throw .invalidConfiguration(field: field, reason: "there is no integer of that name")
            }
            values.append(value)
        }
        self.init(
            vocabularyCount: values[0], contextLength: values[1], width: values[2], headCount: values[3],
            layerCount: values[4])
    }

    /// Finds the dimensions out from the shapes of the tensors. Heads are 64 wide, as in every published model.
    ///
    /// - Throws: ``WhisperError/noDecoder(file:)``; ``WhisperError/invalidConfiguration(field:reason:)`` when the width
    ///   is no multiple of 64.
    init(shapesOf weights: WeightScope) throws(WhisperError) {
        let names = try DecoderNames(of: weights)
        let scope = weights.scope(names.root)
        guard let table = scope.info(names.embedding)?.shape, table.rank == 2,
            let positions = scope.info(names.positions)?.shape, positions.rank == 2
        else { throw .noDecoder(file: weights.file) }
        let width = table[1]
        guard width > 0, width % 64 == 0 else {
            throw .invalidConfiguration(
                field: "n_text_head", reason: "nothing tells how many heads share a width of \(width)")
        }
        var layerCount = 0
        while scope.scope(names.blocks).scope(layerCount).contains(names.query + ".weight") { layerCount += 1 }
        self.init(
            vocabularyCount: table[0], contextLength: positions[0], width: width, headCount: width / 64,
            layerCount: layerCount,
            mlpWidth: scope.scope(names.blocks).scope(0).info(names.mlpIn + ".bias")?.shape.dimensions.first)
    }
}

extension Checkpoint {
    /// The integer of a dotted name beside the tensors.
    func integer(_ name: String) -> Int? {
        guard case .integer(let value) = scalars[name] else { return nil }
        return value
    }
}
