import OmniCore
import Testing

@testable import OmniPipeline

/// Which pieces of texts a model reads when it is calibrated.
@Suite struct TextPiecesTests {
    private func text(_ range: Range<Int32>) -> [TokenID] { range.map { TokenID(rawValue: $0) } }

    @Test func shortTextsAreReadWhole() {
        let pieces = TextPieces(length: 4, tokenLimit: 100).choose(from: [text(0..<10), text(20..<21), text(30..<34)])
        #expect(pieces == [text(0..<4), text(4..<8), text(8..<10), text(20..<21), text(30..<34)])
    }

    /// Two texts of which the first is short: the second takes what is left, spread from its beginning to its end.
    @Test func piecesAreSharedAndSpread() {
        let pieces = TextPieces(length: 4, tokenLimit: 16).choose(from: [text(0..<4), text(100..<140)])
        #expect(pieces == [text(0..<4), text(100..<104), text(112..<116), text(124..<128)])
    }

    @Test func theLimitHoldsForManyTexts() {
        let texts = (0..<1000).map { _ in text(0..<3) }
        let pieces = TextPieces(length: 4, tokenLimit: 30).choose(from: texts)
        #expect(pieces.count == 10)
        #expect(TextPieces(length: 4, tokenLimit: 30).choose(from: []).isEmpty)
    }
}
