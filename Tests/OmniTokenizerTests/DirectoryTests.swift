import Foundation
import OmniCore
import OmniTokenizer
import TestSupport
import Testing

/// Which files of a directory count, and for what.
@Suite struct DirectoryTests {
    private static let json = "tiny/checkpoint/tokenizer.json"
    private static let model = "sentencepiece/bpe.model"

    private func load(
        _ files: [String: String] = [:], copying fixtures: [String: String], name: String = "model"
    ) throws -> TextTokenizer {
        let root = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        let directory = root.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        for (name, text) in files { try Data(text.utf8).write(to: directory.appending(path: name)) }
        for (name, fixture) in fixtures { try Fixture.data(fixture).write(to: directory.appending(path: name)) }
        return try TextTokenizer.load(from: directory)
    }

    @Test func theJSONFileComesFirst() throws {
        let both = try load(copying: ["tokenizer.json": Self.json, "tokenizer.model": Self.model])
        guard case .byteLevelBPE = both.model else { throw FixtureError.unexpectedFormat("tokenizer.json") }
        let alone = try load(copying: ["tokenizer.model": Self.model])
        guard case .sentencePiece = alone.model else { throw FixtureError.unexpectedFormat("tokenizer.model") }
        #expect(alone.beginningOfText == TokenID(1))
        #expect(alone.endOfText == TokenID(2))
        #expect(!alone.addsBeginningOfText)
    }

    /// A `tokenizer.json` that is not read does not hide the `tokenizer.model` beside it, and the tokenizer says so.
    @Test func theOtherFileCountsWhereTheFirstIsNotRead() throws {
        for json in [#"{"model": {"type": "BPE", "byte_fallback": true, "vocab": {}, "merges": []}}"#, "{", ""] {
            let tokenizer = try load(["tokenizer.json": json], copying: ["tokenizer.model": Self.model])
            guard case .sentencePiece = tokenizer.model else { throw FixtureError.unexpectedFormat(json) }
            let reason = try #require(tokenizer.passedOver)
            #expect(reason.file.hasSuffix("tokenizer.json"))
        }
        #expect(try load(copying: ["tokenizer.json": Self.json, "tokenizer.model": Self.model]).passedOver == nil)
        // Where neither is read, the first is to blame.
        let error = try #require(throws: TokenizerError.self) {
            try load(["tokenizer.json": "{", "tokenizer.model": "x"], copying: [:])
        }
        #expect(error.file.hasSuffix("tokenizer.json"))
    }

    @Test func marksComeFromTheSettings() throws {
        func marks(_ settings: String?, _ generation: String? = nil) throws -> TextTokenizer {
            var files: [String: String] = [:]
            files["tokenizer_config.json"] = settings
            files["generation_config.json"] = generation
            return try load(files, copying: ["tokenizer.json": Self.json])
        }
        #expect(try marks(nil).endOfText == nil)
        let named = try marks(
            #"{"bos_token": {"content": "<|im_start|>"}, "eos_token": "<|im_end|>", "add_bos_token": true}"#)
        #expect(named.beginningOfText == TokenID(437))
        #expect(named.endOfText == TokenID(438))
        #expect(named.ids("hi") == [437, 71, 72])
        // A mark that stands there is not put there again.
        #expect(named.ids("<|im_start|>hi") == [437, 71, 72])
        #expect(named.encode("hi<|im_end|>", beginning: false, end: true).map(\.rawValue) == [71, 72, 438])
        #expect(named.encode("", beginning: true, end: true, maximumCount: 1).map(\.rawValue) == [437])
        #expect(named.encode("hi", beginning: false, maximumCount: 0).isEmpty)
        let numbered = try marks(#"{"eos_token": "<|im_end|>"}"#, #"{"bos_token_id": 7, "eos_token_id": [8, 9]}"#)
        #expect(numbered.beginningOfText == TokenID(7))
        #expect(numbered.endOfText == TokenID(438))
        #expect(try marks(nil, #"{"eos_token_id": [8, 9]}"#).endOfText == TokenID(8))
        let llama = try marks(#"{"tokenizer_class": "LlamaTokenizer", "bos_token": "<|im_start|>"}"#)
        #expect(llama.addsBeginningOfText)
        let named3 = try load(
            ["tokenizer_config.json": #"{"bos_token": "<|im_start|>"}"#], copying: ["tokenizer.json": Self.json],
            name: "Llama-3.2-1B")
        #expect(named3.addsBeginningOfText)
    }

    @Test func badSettingsAreErrors() throws {
        let cases: [(String, TokenizerError.Code)] = [
            ("", .malformed), ("{", .malformed), (#"{"eos_token": 5}"#, .malformed),
            (#"{"eos_token": "<nothing>"}"#, .inconsistent), (#"{"add_bos_token": true}"#, .inconsistent),
            (#"{"add_bos_token": "yes"}"#, .malformed), ("[]", .malformed),
        ]
        for (text, code) in cases {
            let error = try #require(throws: TokenizerError.self, "\(text)") {
                try load(["tokenizer_config.json": text], copying: ["tokenizer.json": Self.json])
            }
            #expect(error.code == code, "\(error)")
        }
        for text in [#"{"eos_token_id": -1}"#, #"{"eos_token_id": 4294967296}"#, #"{"eos_token_id": "a"}"#] {
            let error = try #require(throws: TokenizerError.self, "\(text)") {
                try load(["generation_config.json": text], copying: ["tokenizer.json": Self.json])
            }
            #expect(error.code == .malformed, "\(error)")
        }
    }

    @Test func absentFilesAreErrors() throws {
        let nowhere = try #require(throws: TokenizerError.self) { try TextTokenizer.load(from: Fixture.url("nowhere")) }
        #expect(nowhere.code == .unreadable)
        let empty = try #require(throws: TokenizerError.self) { try load(copying: [:]) }
        #expect(empty.code == .unreadable)
        let notJSON = try #require(throws: TokenizerError.self) { try load(copying: ["tokenizer.json": Self.model]) }
        #expect(notJSON.code == .malformed)
        let notModel = try #require(throws: TokenizerError.self) { try load(copying: ["tokenizer.model": Self.json]) }
        #expect(notModel.code == .malformed)
    }
}
