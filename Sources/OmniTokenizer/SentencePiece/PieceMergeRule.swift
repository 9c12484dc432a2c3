/// SentencePiece's kind of byte-pair encoding: neighbours merge when what they spell together is a piece, the piece of
/// the highest score first.
struct PieceMergeRule: MergeRule {
    private let text: [UInt8]
    private let tokenizer: SentencePieceTokenizer
    /// How many bytes of a piece that must not be emitted were left of the seam when it was made.
    private(set) var seams: [Int: Int] = [:]

    /// A symbol that merges with nothing.
    static let frozen = UInt32.max
    /// A character that may be no piece.
    static let character = UInt32.max - 1

    init(_ text: [UInt8], _ tokenizer: SentencePieceTokenizer) {
        self.text = text
        self.tokenizer = tokenizer
    }

    mutating func merge(
        _ left: UInt32, _ right: UInt32, split: Int, covering range: Range<Int>
    ) -> Merge? {
        guard left != Self.frozen, right != Self.frozen, range.count <= tokenizer.vocabulary.longestPieceByteCount,
            let id = tokenizer.vocabulary.id(of: text.span, range)
        else { return nil }
        switch tokenizer.kinds[id] {
        case .normal, .userDefined: break
        case .unused: seams[id] = split - range.lowerBound
        case .unknown, .control, .byte: return nil
        }
        return Merge(rank: Self.rank(tokenizer.scores[id]), symbol: UInt32(id))
    }

    /// A number that is the lower, the higher the score; never the largest number.
    private static func rank(_ score: Float) -> UInt32 {
        let bits = score.bitPattern
        // Ascending with the score, then turned around.
        let ascending = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
        return min(~ascending, .max - 1)
    }
}
