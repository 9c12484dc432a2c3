import Foundation
import OmniCore
import OmniTokenizer
import TestSupport
import Testing

/// The small tokenizers with one thing changed each, against what the reference libraries give then.
@Suite struct VariantTests {
    struct Case: Decodable {
        let text: String?
        let ids: [Int]
        let decoded: String
        let whole: String?
    }

    struct Variant: Decodable {
        let name: String
        let cases: [Case]
        let model: String?
    }

    /// The small `tokenizer.json` with some of its members replaced.
    static func patched(_ patch: [String: Any]) throws -> [UInt8] {
        let data = try Fixture.data("tiny/checkpoint/tokenizer.json")
        var root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        for (key, value) in patch {
            if key == "model", var model = root[key] as? [String: Any], let changes = value as? [String: Any] {
                model.merge(changes) { $1 }
                root[key] = model
            } else {
                root[key] = value
            }
        }
        return try Array(JSONSerialization.data(withJSONObject: root))
    }

    private func check(_ tokenizer: some Tokenizer, _ variant: Variant, atLeast count: Int = 100) {
        #expect(variant.cases.count >= count)
        for entry in variant.cases {
            if let text = entry.text {
                #expect(tokenizer.ids(text) == entry.ids, "\(variant.name): \(text.debugDescription)")
            }
            #expect(isSame(tokenizer.text(entry.ids), entry.decoded), "\(variant.name): \(entry.ids)")
            #expect(isSame(tokenizer.streamed(entry.ids), entry.decoded), "\(variant.name): \(entry.ids)")
            if let whole = entry.whole {
                #expect(isSame(tokenizer.text(entry.ids, keepingSpecialTokens: true), whole), "\(variant.name)")
            }
        }
    }

    @Test func byteLevelVariantsMatch() throws {
        let data = try Fixture.data("tokenizer_variants/byte_level.json")
        let variants = try JSONDecoder().decode([Variant].self, from: data)
        let patches = try #require(JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(variants.count == 17)
        for (variant, entry) in zip(variants, patches) {
            let patch = try #require(entry["patch"] as? [String: Any])
            check(try ByteLevelBPETokenizer(json: Self.patched(patch)), variant)
        }
    }

    private func load(_ variant: Variant) throws -> SentencePieceTokenizer {
        let digits = Array(try #require(variant.model).utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return try SentencePieceTokenizer(model: bytes)
    }

    @Test func sentencePieceVariantsMatch() throws {
        let variants = try Fixture.json("tokenizer_variants/pieces.json", as: [Variant].self)
        #expect(variants.count == 16)
        for variant in variants { check(try load(variant), variant) }
    }

    /// Models of words and of characters.
    @Test func otherAlgorithmsMatch() throws {
        let variants = try Fixture.json("tokenizer_variants/algorithms.json", as: [Variant].self)
        #expect(variants.count == 8)
        for variant in variants { check(try load(variant), variant, atLeast: 14) }
    }
}
