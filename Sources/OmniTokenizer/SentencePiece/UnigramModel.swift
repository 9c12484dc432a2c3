internal import OmniFormats

/// The most probable segmentation under a unigram language model: one pass from left to right over all pieces that
/// start at each character (Kudo 2018).
struct UnigramModel: Sendable {
    private var trie = ByteTrie()
    private let scores: [Double]
    private let isUnused: [Bool]
    /// What each byte of a user-defined piece adds; such a piece scores this times its length, less 0.1.
    private let highestScore: Float
    private let isUserDefined: [Bool]
    private let unknown: Int
    private let unknownScore: Double

    init(
        _ pieces: [SentencePieceModel.Piece], unknown: Int, budget: inout ReadingBudget, file: String
    ) throws(TokenizerError) {
        self.unknown = unknown
        scores = pieces.map { Double($0.score) }
        isUnused = pieces.map { $0.kind == .unused }
        isUserDefined = pieces.map { $0.kind == .userDefined }
        var lowest = Float.greatestFiniteMagnitude
        // The reference starts from the smallest positive number, so that log probabilities never raise it.
        var highest = Float.leastNormalMagnitude
        for piece in pieces where piece.kind == .normal {
            lowest = min(lowest, piece.score)
            highest = max(highest, piece.score)
        }
        highestScore = highest
        unknownScore = Double(lowest - 10)
        for (id, piece) in pieces.enumerated() {
            switch piece.kind {
            case .normal, .userDefined, .unused:
                let nodeCount = trie.nodeCount
                trie.insert(piece.text, value: Int32(id))
                try budget.take(byteCount: (trie.nodeCount - nodeCount) * ByteTrie.nodeByteCount, for: file)
            case .unknown, .control, .byte: break
            }
        }
    }

    /// The best way to a place of the text.
    private struct Node {
        var start = -1
        var piece: Int32 = 0
        var score: Float = 0
    }

    /// The pieces of a text with their ranges, in order.
    func segment(_ text: Span<UInt8>) -> [(piece: Int, range: Range<Int>)] {
        var best = [Node](repeating: Node(), count: text.count + 1)
        var start = 0
        while start < text.count {
            let length = text.scalar(at: start).byteCount
            let score = Double(best[start].score)
            var hasPieceOfOneCharacter = false
            var node = ByteTrie.root
            var place = start
            while place < text.count, let next = trie.child(of: node, text[place]) {
                node = next
                place += 1
                guard let piece = trie.value(of: node), !isUnused[Int(piece)] else { continue }
                let total = score + self.score(of: Int(piece), byteCount: place - start)
                if best[place].start < 0 || total > Double(best[place].score) {
                    best[place] = Node(start: start, piece: piece, score: Float(total))
                }
                if place - start == length { hasPieceOfOneCharacter = true }
            }
            if !hasPieceOfOneCharacter {
                let end = start + length
                let total = score + unknownScore
                if best[end].start < 0 || total > Double(best[end].score) {
                    best[end] = Node(start: start, piece: Int32(unknown), score: Float(total))
                }
            }
            start += length
        }
        var result: [(piece: Int, range: Range<Int>)] = []
        var end = text.count
        while end > 0 {
            let node = best[end]
            result.append((Int(node.piece), node.start..<end))
            end = node.start
        }
        return result.reversed()
    }

    private func score(of piece: Int, byteCount: Int) -> Double {
        isUserDefined[piece] ? Double(Float(byteCount) * highestScore) - 0.1 : scores[piece]
    }
}
