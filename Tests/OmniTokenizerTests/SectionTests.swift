import Foundation
import OmniCore
import OmniTokenizer
import TestSupport
import Testing

/// The sections of a `tokenizer.json` one by one, against what the `tokenizers` library gives; see `make_sections.py`.
@Suite struct SectionTests {
    private struct File: Decodable {
        struct Variant: Decodable {
            let name: String
            let ids: [[Int]]
            let decoded: [String]
            let whole: [String]
        }

        let texts: [String]
        let variants: [Variant]
    }

    @Test func sectionsMatchTheLibrary() throws {
        let data = try Fixture.data("tokenizer_variants/sections.json")
        let file = try JSONDecoder().decode(File.self, from: data)
        let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let entries = try #require(root["variants"] as? [[String: Any]])
        #expect(file.variants.count > 50 && file.texts.count == 50)
        for (variant, entry) in zip(file.variants, entries) {
            let patch = try #require(entry["patch"] as? [String: Any])
            let tokenizer = try ByteLevelBPETokenizer(json: VariantTests.patched(patch))
            for (index, text) in file.texts.enumerated() {
                let ids = tokenizer.ids(text)
                #expect(ids == variant.ids[index], "\(variant.name): \(text.debugDescription)")
                #expect(isSame(tokenizer.text(ids), variant.decoded[index]), "\(variant.name): \(ids)")
                #expect(isSame(tokenizer.streamed(ids), variant.decoded[index]), "\(variant.name): \(ids)")
                let whole = tokenizer.text(ids, keepingSpecialTokens: true)
                #expect(isSame(whole, variant.whole[index]), "\(variant.name): \(ids)")
            }
        }
    }
}
