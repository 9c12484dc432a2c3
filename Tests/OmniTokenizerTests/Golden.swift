import Foundation
import OmniCore
import OmniTokenizer
import TestSupport
import Testing

/// Golden data: what the reference made of a text or of ids.
struct GoldenFile: Decodable {
    struct Meta: Decodable {
        let vocab_size: Int
        let vocab_size_without_added: Int
        let bos_id: Int
        let eos_id: Int
        let use_bos: Bool
        let eos_flag: [Int]
        let max_length_3: [Int]
    }

    struct Encoding: Decodable {
        let s: String
        let ids: [Int]
        let decoded: String
        let decoded_with_specials: String
    }

    struct Decoding: Decodable {
        let ids: [Int]
        let decoded: String
        let decoded_with_specials: String
    }

    let meta: Meta
    let encode: [Encoding]
    let decode: [Decoding]
}

struct QwenCase: Decodable {
    let text: String
    let ids: [Int]
    let decoded: String
    let decodedWithSpecials: String
}

struct PieceFile: Decodable {
    struct Meta: Decodable {
        let bos: Int
        let eos: Int
        let unk: Int
        let vocab: Int
    }

    struct Case: Decodable {
        let text: String
        let ids: [Int]
        let pieces: [String]
        let decoded: String
    }

    let meta: Meta
    let cases: [Case]
}

extension Tokenizer {
    func ids(_ text: String) -> [Int] { encode(text).map { Int($0.rawValue) } }
    func text(_ ids: [Int], keepingSpecialTokens: Bool = false) -> String {
        decode(ids.map { TokenID($0) }, keepingSpecialTokens: keepingSpecialTokens)
    }

    /// What a stream emits for these ids, joined.
    func streamed(_ ids: [Int]) -> String {
        var decoder = makeStreamDecoder()
        var text = ids.compactMap { decoder.push(TokenID($0)) }
        if let rest = decoder.finish() { text.append(rest) }
        return text.joined()
    }
}

/// Whether two texts are the same scalar by scalar; `==` would call "é" and "e\u{301}" equal.
func isSame(_ a: String, _ b: String) -> Bool { a.unicodeScalars.elementsEqual(b.unicodeScalars) }

/// The tokenizers that all tests of behaviour run over.
enum AnyFixture: String, CaseIterable, CustomTestStringConvertible {
    case tiny = "tiny/checkpoint"
    case large = "tokenizer_large"
    case pairs = "tokenizer_large/tokenizer_merges_as_pairs.json"
    case qwen2
    case piecesBPE = "sentencepiece/bpe.model"
    case piecesUnigram = "sentencepiece/unigram.model"

    private static let loaded = Dictionary(
        uniqueKeysWithValues: allCases.map { fixture in
            (fixture, Result { try TextTokenizer.load(from: Fixture.url(fixture.rawValue)) })
        })

    /// Read once for all tests.
    func load() throws -> TextTokenizer {
        guard let result = Self.loaded[self] else { throw FixtureError.unexpectedFormat(rawValue) }
        return try result.get()
    }

    var testDescription: String { rawValue }
}
