import Foundation
import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniWhisper

/// Vocabulary, words, compression and alignment on their own.
@Suite struct WhisperTextTests {
    @Test func textsHaveTiktokensIDs() throws {
        let golden = try GoldenTranscription.stored.get()
        let vocabulary = try GoldenTranscription.vocabulary()
        for encoding in golden.encodings {
            #expect(vocabulary.encode(encoding.text) == encoding.tokens, "\(encoding.text)")
            #expect(vocabulary.decode(encoding.tokens) == encoding.text)
        }
        #expect(vocabulary.nonSpeechTokens == golden.nonSpeechTokens)
    }

    @Test func compressedLengthsAreThoseOfZlib() throws {
        struct Case: Decodable {
            var text: String
            var length: Int

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                text = try values.decode(String.self)
                length = try values.decode(Int.self)
            }
        }
        let cases = try Fixture.json(GoldenTranscription.folder + "zlib.json", as: [Case].self)
        #expect(cases.count == 401)
        for example in cases {
            #expect(
                DeflateLength.ofCompressed(Array(example.text.utf8)) == example.length, "\(example.text.prefix(60))")
        }
    }

    @Test func specialTokensOfPublishedVocabularies() throws {
        let multilingual = try SpecialTokens(vocabularyCount: 51_865, textTokenCount: 50_257)
        #expect(multilingual.isMultilingual && multilingual.languageCount == 99)
        #expect(multilingual.startOfTranscript == 50_258 && multilingual.firstTimestamp == 50_364)
        #expect(multilingual.noSpeech == 50_362 && multilingual.transcribe == 50_359)
        let english = try SpecialTokens(vocabularyCount: 51_864, textTokenCount: 50_256)
        #expect(!english.isMultilingual && english.endOfText == 50_256 && english.firstTimestamp == 50_363)
        let cantonese = try SpecialTokens(vocabularyCount: 51_866, textTokenCount: 50_257)
        #expect(try cantonese.token(for: #require(WhisperLanguage("Cantonese"))) == 50_358)
        #expect(throws: WhisperError.unknownLanguage("yue")) {
            try multilingual.token(for: #require(WhisperLanguage("yue")))
        }
        #expect(throws: WhisperError.self) { try SpecialTokens(vocabularyCount: 1000, textTokenCount: 50_257) }
        #expect(throws: WhisperError.self) { try SpecialTokens(vocabularyCount: 51_865, textTokenCount: 50_000) }
    }

    @Test func languagesHaveSeveralNames() {
        #expect(WhisperLanguage.all.count == 100)
        #expect(WhisperLanguage("German")?.code == "de")
        #expect(WhisperLanguage("DE")?.name == "german")
        #expect(WhisperLanguage("castilian")?.code == "es")
        #expect(WhisperLanguage("haitian creole")?.code == "ht")
        #expect(WhisperLanguage("") == nil)
    }

    @Test func publishedAlignmentHeads() throws {
        let base = WhisperDecoder.Configuration(vocabularyCount: 51_865, width: 512, headCount: 8, layerCount: 6)
        #expect(AlignmentHeads(published: base).heads.first == AlignmentHeads.Head(layer: 3, head: 1))
        #expect(AlignmentHeads(published: base).heads.count == 8)
        let other = WhisperDecoder.Configuration(vocabularyCount: 51_865, width: 64, headCount: 2, layerCount: 3)
        #expect(AlignmentHeads(published: other).heads.map(\.layer) == [1, 1, 2, 2])
        let names = [
            "tiny.en": 8, "tiny": 6, "base.en": 5, "base": 8, "small.en": 19, "small": 10, "medium.en": 18, "medium": 6,
            "large-v1": 9, "large-v2": 23, "large-v3": 10, "large-v3-turbo": 6,
        ]
        for (name, count) in names { #expect(AlignmentHeads(named: name)?.heads.count == count, "\(name)") }
    }

    @Test func theCheapestPath() {
        let cost: [Double] = [0, 9, 9, 9, 9, 0, 0, 9, 9, 9, 9, 0]
        let path = DynamicTimeWarping.path(cost.span, rowCount: 3, columnCount: 4)
        #expect(path.map(\.row) == [0, 1, 1, 2])
        #expect(path.map(\.column) == [0, 1, 2, 3])
    }

    @Test func mediansReflectTheEnds() {
        var row: [Float] = [5, 1, 4, 2, 3]
        MedianFilter.apply(to: &row, width: 3)
        #expect(row == [1, 4, 2, 3, 2])
        var short: [Float] = [3, 1, 2]
        MedianFilter.apply(to: &short, width: 7)
        #expect(short == [3, 1, 2])
    }

    @Test(arguments: [(0.125, 0.12), (0.375, 0.38), (2.675, 2.67), (1.005, 1.0), (59.285, 59.28), (7.0, 7.0)])
    func roundingIsPythons(value: Double, expected: Double) { #expect(value.roundedToHundredths == expected) }

    /// A head that a file lists twice counts once, as in the mask that openai-whisper makes of a list.
    @Test func repeatedAlignmentHeadsCountOnce() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func heads(_ list: String) throws -> AlignmentHeads? {
            let text = #"{"alignment_heads": [\#(list)]}"#
            try Data(text.utf8).write(to: folder.appending(path: "generation_config.json"))
            return try AlignmentHeads(beside: folder.appending(path: "model.safetensors"))
        }
        let expected = try heads("[3, 1], [2, 2], [3, 0]")
        #expect(expected?.heads.count == 3)
        #expect(try heads("[3, 1], [2, 2], [3, 1], [3, 0], [3, 1], [2, 2]") == expected)
    }
}
