import OmniCore
import OmniTokenizer
import TestSupport
import Testing

@Suite struct GoldenTests {
    @Test(arguments: [
        (AnyFixture.tiny, "tiny/tokenizer_golden.json"), (.large, "tokenizer_large/golden.json"),
        (.pairs, "tokenizer_large/golden.json"),
    ])
    func byteLevelFilesMatch(_ fixture: AnyFixture, _ path: String) throws {
        let golden = try Fixture.json(path, as: GoldenFile.self)
        let tokenizer = try fixture.load()
        #expect(golden.encode.count > 300)
        for entry in golden.encode {
            let ids = tokenizer.ids(entry.s)
            #expect(ids == entry.ids, "\(entry.s.debugDescription)")
            #expect(isSame(tokenizer.text(ids), entry.decoded), "\(entry.s.debugDescription)")
            #expect(isSame(tokenizer.text(ids, keepingSpecialTokens: true), entry.decoded_with_specials))
            #expect(isSame(tokenizer.streamed(ids), entry.decoded), "\(entry.s.debugDescription)")
        }
        #expect(golden.decode.count > 80)
        for entry in golden.decode {
            #expect(isSame(tokenizer.text(entry.ids), entry.decoded), "\(entry.ids)")
            #expect(isSame(tokenizer.text(entry.ids, keepingSpecialTokens: true), entry.decoded_with_specials))
            #expect(isSame(tokenizer.streamed(entry.ids), entry.decoded), "\(entry.ids)")
        }
    }

    @Test(arguments: [
        (AnyFixture.tiny, "tiny/tokenizer_golden.json", "hello"),
        (.large, "tokenizer_large/golden.json", "hello"),
    ])
    func marksMatch(_ fixture: AnyFixture, _ path: String, _ word: String) throws {
        let meta = try Fixture.json(path, as: GoldenFile.self).meta
        let tokenizer = try fixture.load()
        #expect(tokenizer.vocabularyCount == meta.vocab_size)
        #expect(tokenizer.baseVocabularyCount == meta.vocab_size_without_added)
        #expect(tokenizer.beginningOfText == TokenID(meta.bos_id))
        #expect(tokenizer.endOfText == TokenID(meta.eos_id))
        #expect(tokenizer.addsBeginningOfText == meta.use_bos)
        #expect(tokenizer.encode("hi", beginning: nil, end: true).map { Int($0.rawValue) } == meta.eos_flag)
        let text = tokenizer.text(meta.max_length_3) + " and more"
        #expect(
            tokenizer.encode(text, beginning: nil, maximumCount: 3).map { Int($0.rawValue) } == meta.max_length_3,
            "\(text)")
    }

    @Test func qwen2Matches() throws {
        let cases = try Fixture.json("qwen2/cases.json", as: [QwenCase].self)
        let tokenizer = try AnyFixture.qwen2.load()
        #expect(cases.count == 385)
        #expect(tokenizer.baseVocabularyCount == 151_643)
        #expect(tokenizer.vocabularyCount == 151_646)
        for entry in cases {
            let ids = tokenizer.ids(entry.text)
            #expect(ids == entry.ids, "\(entry.text.debugDescription)")
            #expect(isSame(tokenizer.text(ids), entry.decoded), "\(entry.text.debugDescription)")
            #expect(isSame(tokenizer.text(ids, keepingSpecialTokens: true), entry.decodedWithSpecials))
            #expect(isSame(tokenizer.streamed(ids), entry.decoded))
        }
    }

    @Test(arguments: [
        (AnyFixture.piecesBPE, "sentencepiece/bpe.json"), (.piecesUnigram, "sentencepiece/unigram.json"),
    ])
    func sentencePieceFilesMatch(_ fixture: AnyFixture, _ path: String) throws {
        let golden = try Fixture.json(path, as: PieceFile.self)
        let tokenizer = try fixture.load()
        #expect(golden.cases.count > 260)
        #expect(tokenizer.vocabularyCount == golden.meta.vocab)
        #expect(tokenizer.beginningOfText == TokenID(golden.meta.bos))
        #expect(tokenizer.endOfText == TokenID(golden.meta.eos))
        for entry in golden.cases {
            let ids = tokenizer.ids(entry.text)
            #expect(ids == entry.ids, "\(entry.text.debugDescription)")
            #expect(ids.map { tokenizer.piece(for: TokenID($0)) } == entry.pieces)
            #expect(isSame(tokenizer.text(ids), entry.decoded), "\(entry.text.debugDescription)")
            #expect(isSame(tokenizer.streamed(ids), entry.decoded), "\(entry.text.debugDescription)")
        }
    }
}
