import Foundation
import OmniTensor

/// The heads of the decoder's cross-attention that look at the audio of the token that they write: the heads that times
/// of words are read from.
public struct AlignmentHeads: Sendable, Hashable {
    /// One head.
    public struct Head: Sendable, Hashable {
        /// The block, from 0.
        public var layer: Int
        /// The head in it, from 0.
        public var head: Int

        /// Names a head.
        public init(layer: Int, head: Int) {
            self.layer = layer
            self.head = head
        }
    }

    /// The heads, by layer and head, each once; at least one.
    public let heads: [Head]

    /// Takes heads; one that is there already is left out, so that each counts as much as the others.
    ///
    /// - Precondition: at least one head.
    public init(_ heads: [Head]) {
        precondition(!heads.isEmpty, "no alignment heads")
        var known: Set<Head> = []
        self.heads = heads.filter { known.insert($0).inserted }
    }

    /// All heads of the second half of the layers: what a model without a list of its own is aligned by.
    public init(secondHalfOf configuration: WhisperDecoder.Configuration) {
        self.init(
            (configuration.layerCount / 2..<configuration.layerCount).flatMap { layer in
                (0..<configuration.headCount).map { Head(layer: layer, head: $0) }
            })
    }

    /// The heads of the published model of these dimensions; of large-v2 for both that large-v1 and large-v2 share.
    /// Other dimensions get all heads of the second half.
    public init(published configuration: WhisperDecoder.Configuration) {
        self = Self.name(of: configuration).flatMap { Self(named: $0) } ?? Self(secondHalfOf: configuration)
    }

    /// The heads of a published model, as `base` or `small.en`; `nil` for any other name.
    public init?(named name: String) {
        guard let list = Self.published[name] else { return nil }
        self.init(
            list.split(separator: " ").map { entry in
                let numbers = entry.split(separator: ".").map { Int($0) ?? 0 }
                return Head(layer: numbers[0], head: numbers[1])
            })
    }

    /// `layer.head` of each.
    private static let published = [
        "tiny.en": "1.0 2.0 2.5 3.0 3.1 3.2 3.3 3.4",
        "tiny": "2.2 3.0 3.2 3.3 3.4 3.5",
        "base.en": "3.3 4.7 5.1 5.5 5.7",
        "base": "3.1 4.2 4.3 4.7 5.1 5.2 5.4 5.6",
        "small.en": """
        6.6 7.0 7.3 7.8 8.2 8.5 8.7 9.0 9.4 9.8 9.10 10.0 10.1 10.2 10.3 10.6 10.11 11.2 11.4
        """,
        "small": "5.3 5.9 8.0 8.4 8.7 8.8 9.0 9.7 9.9 10.5",
        "medium.en": """
        11.4 14.1 14.12 14.14 15.4 16.0 16.4 16.9 17.12 17.14 18.7 18.10 18.15 20.0 20.3 20.9 20.14 21.12
        """,
        "medium": "13.15 15.4 15.15 16.1 20.0 23.4",
        "large-v1": "9.19 11.2 11.4 11.17 22.7 22.11 22.17 23.2 23.15",
        "large-v2": """
        10.12 13.17 16.11 16.12 16.13 17.15 17.16 18.4 18.11 18.19 19.11 21.2 21.3 22.3 22.9 22.12 23.5 23.7 \
        23.13 25.5 26.1 26.12 27.15
        """,
        "large-v3": "7.0 10.17 12.18 13.12 16.1 17.14 19.11 21.4 24.1 25.6",
        "large-v3-turbo": "2.4 2.11 3.3 3.6 3.11 3.14",
    ]
}

extension AlignmentHeads {
    /// What the published model of these dimensions is called; `nil` when there is none.
    private static func name(of configuration: WhisperDecoder.Configuration) -> String? {
        let isEnglish = configuration.vocabularyCount == 51_864
        let family: String
        switch (configuration.layerCount, configuration.headCount) {
        case (4, 6): family = "tiny"
        case (6, 8): family = "base"
        case (12, 12): family = "small"
        case (24, 16): family = "medium"
        case (32, 20): return configuration.vocabularyCount == 51_866 ? "large-v3" : "large-v2"
        case (4, 20): return "large-v3-turbo"
        default: return nil
        }
        return isEnglish ? family + ".en" : family
    }

    /// The heads of the model in a file: only its name tells large-v1 from large-v2.
    init(file: URL, _ configuration: WhisperDecoder.Configuration) {
        let names = [file.lastPathComponent, file.deletingLastPathComponent().lastPathComponent]
        let isFirstLarge = Self.name(of: configuration) == "large-v2" && names.contains { $0.contains("large-v1") }
        self = isFirstLarge ? Self(named: "large-v1") ?? Self(published: configuration) : Self(published: configuration)
    }

    /// The heads that the `generation_config.json` beside a file lists; `nil` when there is no such file, or no list in
    /// it.
    ///
    /// - Throws: `ModelConfigurationError` when the list is no list of heads.
    init?(beside file: URL) throws(ModelConfigurationError) {
        let url = file.deletingLastPathComponent().appending(path: "generation_config.json")
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        guard let list = try ConfigurationFile.decode(Generation.self, from: url).alignmentHeads else { return nil }
        guard !list.isEmpty, list.allSatisfy({ $0.count == 2 }) else {
            throw ModelConfigurationError(
                .malformed, file: url.path, field: "alignment_heads", reason: "not a list of pairs of layer and head")
        }
        self.init(list.map { Head(layer: $0[0], head: $0[1]) })
    }

    private struct Generation: Decodable {
        var alignmentHeads: [[Int]]?

        enum CodingKeys: String, CodingKey {
            case alignmentHeads = "alignment_heads"
        }
    }
}
