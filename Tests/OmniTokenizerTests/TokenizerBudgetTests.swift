import Foundation
import OmniCore
import OmniTesting
import OmniTokenizer
import Testing

/// Small files that describe far more than they hold.
@Suite struct TokenizerBudgetTests {
    private func failure(_ patch: [String: Any]) throws -> TokenizerError {
        let bytes = try VariantTests.patched(patch)
        return try #require(throws: TokenizerError.self) { try ByteLevelBPETokenizer(json: bytes) }
    }

    @Test func aTemplateOfManyIDsIsRefused() throws {
        let single: [[String: Any]] =
            [["Sequence": ["id": "A"]]] + [[String: Any]](repeating: ["SpecialToken": ["id": "e"]], count: 5000)
        let ids = [Int](repeating: 1, count: 30_000)
        let error = try failure(
            ["post_processor": ["type": "TemplateProcessing", "single": single, "special_tokens": ["e": ["ids": ids]]]])
        #expect(error.code == .unsupported && error.field == "post_processor.single", "\(error)")
        // A list that is short, but named often.
        let short = try failure(
            ["post_processor": ["type": "TemplateProcessing", "single": single, "special_tokens": ["e": ["ids": [1]]]]])
        #expect(short.code == .unsupported, "\(short)")
    }

    @Test func valuesAreTakenFromABudget() throws {
        let text = "{\"more\":[" + String(repeating: "[],", count: 700_000) + "[]]}"
        let error = try #require(throws: TokenizerError.self) { try ByteLevelBPETokenizer(json: Array(text.utf8)) }
        #expect(error.code == .overBudget && error.reason.contains("memory"), "\(error)")
    }

    @Test func longAddedTokensAreTakenFromABudget() throws {
        let error = try failure(["added_tokens": [["id": 1, "content": String(repeating: "x", count: 4_000_000)]]])
        #expect(error.code == .overBudget, "\(error)")
    }

    @Test func bytesAreNotSpelledAgainAndAgain() throws {
        let steps = [[String: Any]](repeating: ["type": "ByteLevel"], count: 20)
        let error = try failure(["pre_tokenizer": ["type": "Sequence", "pretokenizers": steps]])
        #expect(error.code == .unsupported, "\(error)")
    }

    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        return [number << 3 | 2, UInt8(count & 127 | 128), UInt8(count >> 7 & 127 | 128), UInt8(count >> 14)] + bytes
    }

    /// Without a zero behind it, every character of a text would become all of the map.
    @Test func replacementsOfTheCharacterMapEnd() throws {
        let unknown = field(1, field(1, Array("<unk>".utf8)) + [0x18, 2])
        for (text, isRead) in [
            ([UInt8](repeating: 97, count: 300_000), false), ([97, 98, 0, 99, 0], true), ([97], false),
        ] {
            let map: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0] + text
            let bytes = unknown + field(3, field(2, map))
            if isRead {
                _ = try SentencePieceTokenizer(model: bytes)
            } else {
                let error = try #require(throws: TokenizerError.self) { try SentencePieceTokenizer(model: bytes) }
                #expect(error.field == "normalizer_spec.precompiled_charsmap", "\(error)")
            }
        }
    }

    @Test func longPiecesAreTakenFromABudget() throws {
        var bytes = field(1, field(1, Array("<unk>".utf8)) + [0x18, 2])
        for place in 0..<3000 {
            bytes += field(1, field(1, Array("\(place)".utf8) + [UInt8](repeating: 97, count: 1000)))
        }
        let error = try #require(throws: TokenizerError.self) { try SentencePieceTokenizer(model: bytes) }
        #expect(error.code == .overBudget, "\(error)")
    }

    /// 80 KB that are one character to a reader, whose marks are not in the order of the normal form.
    private static let marks =
        "e" + String(repeating: "\u{301}", count: 20_000) + String(repeating: "\u{316}", count: 20_000)

    /// Hashing or comparing one of these takes a second.
    @Test func namesAndWordsOfManyMarksAreRefused() throws {
        let marks = Self.marks
        for text in [
            #"{"\#(marks)":1}"#, #"{"more":{"\#(marks)":1}}"#, #"{"model":{"\#(marks)":1,"vocab":{},"merges":[]}}"#,
            #"{"model":{"type":"B\#(marks)","vocab":{},"merges":[]}}"#,
            #"{"model":{"vocab":{"a":0},"merges":[]},"padding":{"strategy":"B\#(marks)","pad_id":0}}"#,
        ] {
            let time = try processorTime {
                let error = try #require(throws: TokenizerError.self) {
                    try ByteLevelBPETokenizer(json: Array(text.utf8))
                }
                #expect(error.code == .malformed, "\(error.code)")
            }
            #expect(time < .milliseconds(200))
        }
    }

    /// Pieces, added tokens and patterns are bytes, and may be any text.
    @Test func piecesMayHaveManyMarks() throws {
        let marks = "e" + String(repeating: "\u{301}", count: 40)
        let split: [String: Any] = ["type": "Split", "pattern": ["Regex": marks], "behavior": "Isolated"]
        let tokenizer = try ByteLevelBPETokenizer(
            json: VariantTests.patched([
                "added_tokens": [["id": 0, "content": marks, "normalized": false]], "pre_tokenizer": split,
                "model": ["vocab": ["a": 0, "b\(marks)": 1], "merges": [String]()], "post_processor": NSNull(),
            ]))
        #expect(tokenizer.id(for: "b\(marks)") == TokenID(1))
        #expect(tokenizer.encode("a\(marks)a").map(\.rawValue) == [0, 2, 0])
    }
}
