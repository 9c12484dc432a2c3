import Foundation
import OmniCore
import OmniTesting
import OmniTokenizer
import Testing

/// What cannot be read exactly is refused, and the error says where.
@Suite struct RefusalTests {
    private func failure(_ patch: [String: Any]) throws -> TokenizerError {
        let bytes = try VariantTests.patched(patch)
        return try #require(throws: TokenizerError.self) { try ByteLevelBPETokenizer(json: bytes) }
    }

    private func failure(_ text: String) throws -> TokenizerError {
        try #require(throws: TokenizerError.self) { try ByteLevelBPETokenizer(json: Array(text.utf8), file: "f.json") }
    }

    @Test func unknownPartsAreNamed() throws {
        let cases: [([String: Any], String)] = [
            (["model": ["type": "WordPiece"]], "model.type"),
            (["model": ["byte_fallback": true]], "model.byte_fallback"),
            (["model": ["dropout": 0.1]], "model.dropout"),
            (["model": ["end_of_word_suffix": "</w>"]], "model.end_of_word_suffix"),
            (["normalizer": ["type": "Lowercase"]], "normalizer.type"),
            (
                ["normalizer": ["type": "Sequence", "normalizers": [["type": "NFKC"]]]],
                "normalizer.normalizers[0].type"
            ),
            (["pre_tokenizer": ["type": "Metaspace"]], "pre_tokenizer.type"),
            (["decoder": ["type": "Metaspace"]], "decoder.type"),
            (
                ["decoder": ["type": "Sequence", "decoders": [["type": "ByteLevel"], ["type": "Strip"]]]],
                "decoder.decoders[1].type"
            ),
            (["post_processor": ["type": "OtherProcessing"]], "post_processor.type"),
            (["version": "2.0"], "version"),
            (["truncation": ["max_length": 5, "strategy": "OnlySecond"]], "truncation.strategy"),
            (["truncation": ["max_length": 5, "direction": "Up"]], "truncation.direction"),
            (["padding": ["strategy": "Longest", "pad_id": 0]], "padding.strategy"),
            (["padding": ["strategy": ["Fixed": 2_000_000], "pad_id": 0]], "padding"),
        ]
        for (patch, field) in cases {
            let error = try failure(patch)
            #expect(error.code == .unsupported, "\(error)")
            #expect(error.field == field, "\(error)")
        }
        let split: [String: Any] = [
            "type": "Split", "behavior": "Isolated", "invert": false, "pattern": ["Regex": "(?>a)b"],
        ]
        let plain: [String: Any] = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false]
        let error = try failure(["pre_tokenizer": ["type": "Sequence", "pretokenizers": [split, plain]]])
        #expect(error.field == "pre_tokenizer.pretokenizers[0].pattern.Regex")
        #expect(error.reason.contains("(?>"))
    }

    @Test func contradictionsAreNamed() throws {
        let cases: [([String: Any], String)] = [
            (["model": ["merges": ["q zz"]]], "model.merges[0]"),
            (["model": ["unk_token": "<nothing>"]], "model.unk_token"),
            (["model": ["vocab": ["a": 0, "b": 0]]], "model.vocab"), (["model": ["vocab": ["a": -1]]], "model.vocab"),
            // A table by id would take gigabytes.
            (["model": ["vocab": ["a": 2_000_000_000]]], "model.vocab"),
            (["truncation": ["max_length": 5, "stride": 5]], "truncation"),
            (
                [
                    "truncation": ["max_length": 1],
                    "post_processor": ["type": "BertProcessing", "cls": ["a", 1], "sep": ["b", 2]],
                ], "truncation.max_length"
            ),
        ]
        for (patch, field) in cases {
            let error = try failure(patch)
            #expect(error.code == .inconsistent, "\(error)")
            #expect(error.field == field, "\(error)")
        }
    }

    @Test func whatIsNotJSONIsRefused() throws {
        let texts = [
            "", " ", "[]", "{", "{}", "{\"a\"}", "{\"a\":1,}", "{\"model\":{}}", "{\"a\":tru}", "{\"a\":1}x", "nul",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\u{1}\"}", "{\"a\":-}",
            "{\"a\":1-2}", "{\"a\":1e}",
            String(repeating: "[", count: 100_000), "{\"a\":" + String(repeating: "[", count: 100_000),
            String(repeating: "{\"a\":", count: 100_000), "{\"model\":{\"vocab\":{\"a\":1.5}}}",
            "{\"model\":{\"vocab\":{},\"vocab\":{}}}",
            "{\"model\":{\"merges\":[[\"a\"]]}}", "{\"model\":{\"merges\":[[\"a\",\"b\",\"c\"]]}}",
            "{\"model\":{\"merges\":[\"a b c\"]}}",
            "{\"model\":{\"merges\":[\"ab\"]}}", "{\"model\":{\"merges\":[1]}}",
        ]
        for text in texts {
            let error = try failure(text)
            #expect(error.code == .malformed, "\(text.prefix(40)): \(error)")
            #expect(error.file == "f.json")
            #expect(error.description.hasPrefix("f.json: "))
        }
        let error = try #require(throws: TokenizerError.self) { try ByteLevelBPETokenizer(json: [0x7B, 0xFF, 0x7D]) }
        #expect(error.code == .malformed)
    }

    @Test func modelsWithoutSenseAreRefused() throws {
        func piece(_ text: String, _ kind: UInt8) -> [UInt8] {
            let body = [0x0A, UInt8(text.utf8.count)] + Array(text.utf8) + [0x18, kind]
            return [0x0A, UInt8(body.count)] + body
        }
        let cases: [([UInt8], TokenizerError.Code)] = [
            ([], .malformed), ([0x0A], .malformed), ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .malformed),
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], .malformed), ([0x03], .malformed),
            ([0x00, 0x00], .malformed), (piece("a", 1), .inconsistent), (piece("", 2), .malformed),
            (piece("a", 9), .malformed), (piece("a", 2) + piece("a", 1), .inconsistent),
            (piece("a", 2) + piece("b", 2), .inconsistent), (piece("a", 2) + piece("<0x00>", 6), .inconsistent),
            (piece("a", 2) + [0x12, 2, 0x18, 5], .unsupported),
            (piece("a", 2) + [0x12, 3, 0x98, 0x02, 1], .inconsistent),
            (piece("a", 2) + [0x1A, 3, 0x12, 1, 7], .malformed), (piece("a", 2) + [0x2A, 3, 0x12, 1, 7], .unsupported),
            (piece("a", 2) + [0x1A, 7, 0x12, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0], .malformed),
        ]
        for (bytes, code) in cases {
            let error = try #require(throws: TokenizerError.self, "\(bytes)") {
                try SentencePieceTokenizer(model: bytes)
            }
            #expect(error.code == code, "\(bytes): \(error)")
        }
    }
}
