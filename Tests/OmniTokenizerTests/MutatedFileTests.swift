import Foundation
import OmniCore
import OmniTesting
import OmniTokenizer
import TestSupport
import Testing

/// Thousands of damaged files: each is refused with a ``TokenizerError``, or gives a tokenizer that works. A trap would
/// end the whole run.
@Suite struct MutatedFileTests {
    private static let texts = [
        "", "What is your name?", "  é\u{301}你好 😀\n<|im_end|><|user|> x▁y", "1234 <0x41>\u{0}",
    ]

    /// Whether `load` gives a tokenizer; it must then survive use.
    private func opens(_ load: () throws -> some Tokenizer) throws -> Bool {
        do {
            let tokenizer = try load()
            for text in Self.texts {
                let ids = tokenizer.encode(text)
                _ = tokenizer.decode(ids)
                _ = tokenizer.streamed(ids.map { Int($0.rawValue) })
            }
            _ = tokenizer.decode((-1..<500).map { TokenID($0) }, keepingSpecialTokens: true)
            return true
        } catch is TokenizerError {
            return false
        }
    }

    private static let jsonPieces = [
        "\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "99999999999999999999", "\\u", "e", "\"Ġ\"",
    ]

    private func mutated(_ bytes: [UInt8], _ noise: inout Noise, isText: Bool) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &noise) {
            guard !result.isEmpty else { return result }
            // The interesting parts are at both ends: settings come before the vocabulary and the merges after it.
            let edge = min(2500, result.count)
            let places = [
                0..<result.count, 0..<edge, result.count - edge..<result.count,
            ]
            let place = Int.random(in: places.randomElement(using: &noise) ?? 0..<1, using: &noise)
            switch Int.random(in: 0..<7, using: &noise) {
            case 0: result.removeLast(result.count - place)
            case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
            case 2: result[place] = UInt8.random(in: 0...255, using: &noise)
            case 3: result.removeSubrange(place..<min(place + 9, result.count))
            case 4:
                let from = Int.random(in: 0..<result.count, using: &noise)
                result.insert(contentsOf: result[from..<min(from + 30, result.count)], at: place)
            case 5 where isText:
                result.insert(contentsOf: (Self.jsonPieces.randomElement(using: &noise) ?? "").utf8, at: place)
            case 6 where isText:
                result[place] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &noise)
            default:
                let value: UInt8 = Bool.random(using: &noise) ? 0xFF : 0
                for index in place..<min(place + 4, result.count) { result[index] = value }
            }
        }
        return result
    }

    @Test func damagedJSONIsRefusedOrRead() throws {
        let whole = try Array(Fixture.data("tiny/checkpoint/tokenizer.json"))
        #expect(try opens { try ByteLevelBPETokenizer(json: whole) })
        var noise = Noise(seed: 21)
        var refusedCount = 0
        for _ in 0..<3000 {
            let bytes = mutated(whole, &noise, isText: true)
            if !(try opens { try ByteLevelBPETokenizer(json: bytes) }) { refusedCount += 1 }
        }
        #expect(refusedCount > 1000 && refusedCount < 3000, "\(refusedCount)")
    }

    @Test(arguments: [("bpe", 3000), ("unigram", 400)]) func damagedModelsAreRefusedOrRead(
        _ name: String, _ count: Int
    ) throws {
        let whole = try Array(Fixture.data("sentencepiece/\(name).model"))
        #expect(try opens { try SentencePieceTokenizer(model: whole) })
        var noise = Noise(seed: 22)
        var refusedCount = 0
        for _ in 0..<count {
            let bytes = mutated(whole, &noise, isText: false)
            if !(try opens { try SentencePieceTokenizer(model: bytes) }) { refusedCount += 1 }
        }
        #expect(refusedCount > count / 4 && refusedCount < count, "\(refusedCount)")
    }

    /// A normaliser map that is noise from end to end, in a model that is otherwise audio.
    @Test func noiseAsNormalizerIsHarmless() throws {
        var noise = Noise(seed: 23)
        let whole = try Array(Fixture.data("sentencepiece/bpe.model"))
        for _ in 0..<300 {
            let unitCount = Int.random(in: 1...300, using: &noise)
            var map = (0..<4).map { UInt8(truncatingIfNeeded: (unitCount * 4) >> (8 * $0)) }
            map += (0..<unitCount * 4 + 50).map { _ in
                Bool.random(using: &noise)
                    ? UInt8.random(in: 0...3, using: &noise) : UInt8.random(in: 0...255, using: &noise)
            }
            map.append(0)
            func varint(_ value: Int) -> [UInt8] { [UInt8(value & 0x7F | 0x80), UInt8(value >> 7)] }
            let normalizer = [0x12] + varint(map.count) + map
            let bytes = whole + [0x1A] + varint(normalizer.count) + normalizer
            #expect(try opens { try SentencePieceTokenizer(model: bytes) })
        }
    }

    @Test func truncatedFilesAreRefused() throws {
        let json = try Array(Fixture.data("tiny/checkpoint/tokenizer.json"))
        for count in stride(from: 0, to: json.count, by: 7) {
            #expect(!(try opens { try ByteLevelBPETokenizer(json: Array(json.prefix(count))) }), "\(count)")
        }
        // A SentencePiece file cut between two fields is a file still, so that some are read.
        let model = try Array(Fixture.data("sentencepiece/bpe.model"))
        var refusedCount = 0
        for count in 0..<2000 where !(try opens { try SentencePieceTokenizer(model: Array(model.prefix(count))) }) {
            refusedCount += 1
        }
        #expect(refusedCount > 1800)
    }
}
