import Foundation
import OmniCore
import OmniTesting
import TestSupport
import Testing

@testable import OmniTokenizer

@Suite struct BehaviourTests {
    private static let ranges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x20...0x7E, 0...0x1F, 0xA0...0x24F, 0x300...0x36F, 0x370...0x5FF, 0x900...0xDFF, 0x1100...0x11FF,
        0x2000...0x206F, 0x3040...0x30FF, 0x4E00...0x4FFF, 0xAC00...0xAFFF, 0xFE00...0xFE0F, 0x1F300...0x1F6FF,
        0x1F3FB...0x1F3FF, 0xE000...0xE0FF, 0...0x10FFFF,
    ]

    private static func text(_ count: Int, _ noise: inout Noise) -> String {
        var text = String.UnicodeScalarView()
        while text.count < count {
            let range = ranges.randomElement(using: &noise) ?? 0x20...0x7E
            for _ in 0..<Int.random(in: 1...4, using: &noise) {
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &noise)) { text.append(scalar) }
            }
        }
        return String(text)
    }

    /// Byte-level ids hold the whole text; only its normal form is left, which is canonically equal.
    @Test(arguments: [AnyFixture.tiny, .large, .pairs, .qwen2]) func byteLevelTextComesBack(_ fixture: AnyFixture)
        throws
    {
        let tokenizer = try fixture.load()
        var noise = Noise(seed: 11)
        for _ in 0..<1500 {
            let text = Self.text(Int.random(in: 0...30, using: &noise), &noise)
            let ids = tokenizer.encode(text)
            let back = tokenizer.decode(ids, keepingSpecialTokens: true)
            // Canonical equality, which is what `==` means.
            #expect(back == text, "\(text.debugDescription)")
            // A normal form is its own normal form.
            #expect(tokenizer.encode(back) == ids, "\(text.debugDescription)")
            let again = tokenizer.decode(tokenizer.encode(back), keepingSpecialTokens: true)
            #expect(isSame(again, back), "\(text.debugDescription)")
        }
    }

    @Test func sentencePieceTextComesBack() throws {
        let tokenizer = try AnyFixture.piecesBPE.load()
        var noise = Noise(seed: 12)
        for _ in 0..<1500 {
            let text = Self.text(Int.random(in: 0...30, using: &noise), &noise)
            // Spaces at both ends and in a row are not kept, nor the sign that stands for one.
            let words = text.unicodeScalars.split { $0 == " " || $0 == "\u{2581}" }.map { String($0) }
            let plain = words.joined(separator: " ")
            #expect(isSame(tokenizer.decode(tokenizer.encode(plain)), plain), "\(plain.debugDescription)")
        }
    }

    @Test(arguments: AnyFixture.allCases) func anyIDsStreamAsTheyDecode(_ fixture: AnyFixture) throws {
        let tokenizer = try fixture.load()
        var noise = Noise(seed: 13)
        for _ in 0..<1500 {
            let limit = Bool.random(using: &noise) ? tokenizer.vocabularyCount + 10 : 260
            let ids = (0..<Int.random(in: 0...12, using: &noise)).map { _ in Int.random(in: -2..<limit, using: &noise) }
            for keeps in [false, true] {
                var decoder = tokenizer.makeStreamDecoder(keepingSpecialTokens: keeps)
                var streamed = ""
                for id in ids {
                    guard let text = decoder.push(TokenID(id)) else { continue }
                    #expect(!text.isEmpty)
                    streamed.unicodeScalars.append(contentsOf: text.unicodeScalars)
                }
                streamed.unicodeScalars.append(contentsOf: (decoder.finish() ?? "").unicodeScalars)
                #expect(decoder.finish() == nil)
                #expect(isSame(streamed, tokenizer.text(ids, keepingSpecialTokens: keeps)), "\(ids)")
            }
        }
    }

    @Test func halfScalarsAreHeldBack() throws {
        let tokenizer = try AnyFixture.tiny.load()
        let ids = tokenizer.encode("😀é")
        #expect(ids.count > 2)
        var decoder = tokenizer.makeStreamDecoder()
        var pieces: [String] = []
        for id in ids.dropLast() {
            if let text = decoder.push(id) { pieces.append(text) }
        }
        #expect(pieces == ["😀"])
        #expect(decoder.finish() == "\u{FFFD}")
    }

    @Test(arguments: AnyFixture.allCases) func strangeIDsAreSkipped(_ fixture: AnyFixture) throws {
        let tokenizer = try fixture.load()
        let strange = [-1, Int(Int32.min), Int(Int32.max), tokenizer.vocabularyCount]
        #expect(tokenizer.text(strange) == "")
        #expect(tokenizer.streamed(strange) == "")
        for id in strange { #expect(tokenizer.piece(for: TokenID(id)) == nil) }
        #expect(tokenizer.encode("").isEmpty)
        #expect(tokenizer.decode([]) == "")
    }

    @Test(arguments: AnyFixture.allCases) func piecesAndIDsAreInverse(_ fixture: AnyFixture) throws {
        let tokenizer = try fixture.load()
        for id in 0..<tokenizer.vocabularyCount {
            let piece = try #require(tokenizer.piece(for: TokenID(id)))
            #expect(tokenizer.id(for: piece) == TokenID(id))
        }
        #expect(tokenizer.id(for: "no such piece") == nil)
    }

    /// "é" and "e" with an accent are equal as Swift strings, yet are two pieces.
    @Test func piecesAreKeyedByTheirBytes() throws {
        let tokenizer = try AnyFixture.piecesBPE.load()
        #expect(tokenizer.id(for: "é") != nil)
        #expect(tokenizer.id(for: "e\u{301}") == nil)
    }

    /// Long words go another way than short ones: over a queue. Both must find the same merges.
    @Test(arguments: [AnyFixture.large, .qwen2]) func longWordsMergeLikeShortOnes(_ fixture: AnyFixture) throws {
        let tokenizer = try fixture.load()
        guard case .byteLevelBPE(let model) = tokenizer.model else { return }
        var noise = Noise(seed: 14)
        let letters = Array("etaoinshrd")
        for _ in 0..<60 {
            let count = Int.random(in: 41...200, using: &noise)
            let word = String((0..<count).compactMap { _ in letters.randomElement(using: &noise) })
            #expect(tokenizer.ids(word) == Self.mergedSlowly(word, model), "\(word)")
        }
    }

    /// Byte-pair encoding by its definition: the pair that comes first in the list, and of those the leftmost.
    private static func mergedSlowly(_ word: String, _ model: ByteLevelBPETokenizer) -> [Int] {
        var symbols = word.utf8.map { UInt32(model.byteSymbols[Int($0)]) }
        while true {
            var best: (merge: Merge, index: Int)?
            for index in symbols.indices.dropLast() {
                let merge = model.merges.merge(symbols[index], symbols[index + 1], split: 0, covering: 0..<0)
                if let merge, merge.rank < best?.merge.rank ?? .max { best = (merge, index) }
            }
            guard let (merge, index) = best else { return symbols.map { Int($0) } }
            symbols[index] = merge.symbol
            symbols.remove(at: index + 1)
        }
    }

    /// A million characters without a seam take about as long as a million with.
    @Test(arguments: AnyFixture.allCases) func hugeWordsEnd(_ fixture: AnyFixture) throws {
        let tokenizer = try fixture.load()
        for unit in ["a", " ", "the", "\n ", "1", "é", "e\u{301}\u{323}", "😀", "\u{301}\u{323}"] {
            let text = String(repeating: unit, count: 200_000 / unit.utf8.count)
            let ids = tokenizer.encode(text)
            let back = tokenizer.decode(ids)
            // Not `==` on the texts, which itself takes quadratic time over combining marks.
            if case .byteLevelBPE = tokenizer.model {
                #expect(tokenizer.encode(back) == ids, "\(unit.debugDescription)")
            }
            #expect(ids.count <= text.utf8.count + 3)
        }
    }

    @Test func tasksShareATokenizer() async throws {
        let tokenizer = try AnyFixture.qwen2.load()
        let cases = try Fixture.json("qwen2/cases.json", as: [QwenCase].self)
        let correctCounts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { cases.count { tokenizer.ids($0.text) == $0.ids } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(correctCounts == [Int](repeating: cases.count, count: 4))
    }
}
