import OmniCore

/// The pieces of texts that a model reads when it is calibrated.
struct TextPieces: Sendable {
    /// Tokens of a piece, but for the last of a text, which has what is left.
    let length: Int
    /// Tokens of all pieces, exceeded by less than a piece.
    let tokenLimit: Int

    /// As many pieces of each text as possible, spread over it.
    func choose(from texts: [[TokenID]]) -> [[TokenID]] {
        let counts = texts.map { ($0.count + length - 1) / length }
        var shares = [Int](repeating: 0, count: texts.count)
        var left = tokenLimit
        for round in 0..<(counts.max() ?? 0) {
            for index in texts.indices where round < counts[index] && left > 0 {
                shares[index] += 1
                left -= min(length, texts[index].count - round * length)
            }
        }
        return texts.indices.flatMap { index in
            (0..<shares[index]).map { piece in
                let start = piece * counts[index] / shares[index] * length
                return Array(texts[index][start..<min(start + length, texts[index].count)])
            }
        }
    }
}
