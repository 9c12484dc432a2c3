import OmniCore
import OmniTesting
import Testing

@testable import OmniTokenizer

/// The longest of some keys at each place of a text.
@Suite struct KeySearchTests {
    private func found(_ keys: [String], _ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return KeySearch(keys.map { Array($0.utf8) }).matches(in: bytes.span, 0..<bytes.count).reversed()
            .map { "\($0.range.lowerBound):\(String(decoding: bytes[$0.range], as: UTF8.self)):\($0.key)" }
    }

    @Test func theLongestKeyIsFoundAtEachPlace() {
        #expect(found(["a", "aab", "ab", "b"], "aab") == ["0:aab:1", "1:ab:2", "2:b:3"])
        #expect(found(["abc", "b", "bcd"], "abcd") == ["0:abc:0", "1:bcd:2"])
        #expect(found(["a", "a", ""], "xa") == ["1:a:0"])
        #expect(found([], "abc").isEmpty && found([""], "abc").isEmpty && found(["a"], "").isEmpty)
    }

    @Test func equalsASearchFromEachPlace() {
        var noise = Noise(seed: 5)
        for _ in 0..<300 {
            func word(_ lengths: ClosedRange<Int>) -> [UInt8] {
                (0..<Int.random(in: lengths, using: &noise)).map { _ in UInt8.random(in: 97...98, using: &noise) }
            }
            let keys = (0..<Int.random(in: 1...8, using: &noise)).map { _ in word(1...5) }
            let text = word(0...40)
            let expected = text.indices.reversed().compactMap { place -> Range<Int>? in
                let ends = keys.filter { text[place...].starts(with: $0) }.map { place + $0.count }
                return ends.max().map { place..<$0 }
            }
            let matches = KeySearch(keys).matches(in: text.span, 0..<text.count)
            #expect(matches.map(\.range) == expected)
            #expect(matches.allSatisfy { keys[$0.key] == Array(text[$0.range]) })
        }
    }

    /// A key that nearly matches at every place, in an added token, and in a split.
    @Test(.timeLimit(.minutes(1))) func longKeysTakeTimeInProportionToTheText() throws {
        let key = String(repeating: "a", count: 100_000) + "b"
        let text = String(repeating: "a", count: 400_000)
        let added: [String: Any] = ["id": 1000, "content": key, "special": true]
        let split: [String: Any] = ["type": "Split", "pattern": ["String": key], "behavior": "Isolated"]
        let tokenizer = try ByteLevelBPETokenizer(json: VariantTests.patched(["added_tokens": [added]]))
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
        let splitting = try ByteLevelBPETokenizer(json: VariantTests.patched(["pre_tokenizer": split]))
        _ = splitting.encode(text)
    }

    /// White space that every one of many tokens would take.
    @Test(.timeLimit(.minutes(1))) func tokensThatTakeWhiteSpaceTakeTimeInProportion() throws {
        let added: [String: Any] = ["id": 1000, "content": " ", "rstrip": true, "lstrip": true, "normalized": false]
        let tokenizer = try ByteLevelBPETokenizer(json: VariantTests.patched(["added_tokens": [added]]))
        #expect(tokenizer.encode(String(repeating: " ", count: 200_000)).count == 200_000)
    }
}
