import Foundation
import OmniCore
import TestSupport
import Testing

@testable import OmniTokenizer

/// tiktoken's rank files, and GPT-2's pair of files.
@Suite struct RankFileTests {
    private struct Golden: Decodable {
        struct Encoding: Decodable {
            var text: String
            var tokens: [Int]
        }
        var encodings: [Encoding]
    }

    private static let folder = "whisper/transcription/"

    @Test func textsHaveTheIDsOfTiktoken() throws {
        let tokenizer = try ByteLevelBPETokenizer(rankFile: Fixture.url(Self.folder + "small.tiktoken"))
        #expect(tokenizer.baseVocabularyCount == 400)
        let golden = try Fixture.json(Self.folder + "golden.json", as: Golden.self)
        #expect(golden.encodings.count == 13)
        for encoding in golden.encodings {
            #expect(tokenizer.encode(encoding.text).map { Int($0.rawValue) } == encoding.tokens, "\(encoding.text)")
            #expect(tokenizer.decode(encoding.tokens.map { TokenID($0) }) == encoding.text)
        }
    }

    /// The multilingual file of openai-whisper has an empty token.
    @Test func anEmptyTokenIsAToken() throws {
        let bytes = (0..<256).map { "\(Data([UInt8($0)]).base64EncodedString()) \($0)\n" }.joined() + "= 256\n"
        let tokenizer = try ByteLevelBPETokenizer(ranks: Array(bytes.utf8), file: "ranks")
        #expect(tokenizer.baseVocabularyCount == 257)
        #expect(tokenizer.decode([TokenID(97), TokenID(256), TokenID(98)]) == "ab")
        #expect(tokenizer.encode("ab") == [TokenID(97), TokenID(98)])
    }

    @Test(arguments: [
        ("", TokenizerError.Code.malformed), ("IQ== x\n", .malformed), ("IQ==\n", .malformed), ("!! 0\n", .malformed),
        ("IQ== -1\n", .malformed), ("IQ== 0\nIg== 0\n", .inconsistent), ("IQ== 1\n", .inconsistent),
        ("IQ== 0\nIQ== 1\n", .inconsistent), ("IQ== 0 0\n", .malformed),
        (Data(repeating: 33, count: 1025).base64EncodedString() + " 0\n", .unsupported),
    ])
    func aFileThatIsNoneIsAnError(_ text: String, _ code: TokenizerError.Code) {
        let error = #expect(throws: TokenizerError.self) {
            try ByteLevelBPETokenizer(ranks: Array(text.utf8), file: "ranks")
        }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.file == "ranks")
    }

    @Test func vocabularyAndMergesAreAnotherSpellingOfTheSame() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ranks = try ByteLevelBPETokenizer(rankFile: Fixture.url(Self.folder + "small.tiktoken"))
        let pieces = (0..<400).map { ranks.piece(for: TokenID($0)) ?? "" }
        let ids = Dictionary(uniqueKeysWithValues: zip(pieces, 0..<400))
        let vocabulary = folder.appending(path: "vocab.json")
        try JSONEncoder().encode(ids).write(to: vocabulary)
        // The pair that training merged: the one whose parts both came before.
        let merges = (256..<400).compactMap { id in
            let scalars = Array(pieces[id].unicodeScalars)
            return (1..<scalars.count).lazy.map { split in
                [scalars[..<split], scalars[split...]].map { part in
                    String(String.UnicodeScalarView(part))
                }
            }.first { $0.allSatisfy { ids[$0, default: 400] < id } }?.joined(separator: " ")
        }
        #expect(merges.count == 144)
        let file = folder.appending(path: "merges.txt")
        try Data(("#version: 0.2\r\n" + merges.joined(separator: "\r\n") + "\n").utf8).write(to: file)
        let tokenizer = try ByteLevelBPETokenizer(vocabulary: vocabulary, merges: file)
        for text in ["the quick brown fox", "don't \"say\" \\ that", " 世界。", "what is your name?"] {
            #expect(tokenizer.decode(tokenizer.encode(text)) == text)
            #expect(tokenizer.encode(text).count <= text.utf8.count)
        }
        #expect(tokenizer.encode("the quick brown fox") == ranks.encode("the quick brown fox"))
    }
}
