import OmniTensor

/// Hypotheses in the making: those of the first utterance, then those of the second, and so on.
struct Hypotheses: Sendable {
    /// Tokens that were chosen.
    var tokens: [[Int]]
    /// The sum of their log probabilities.
    var scores: [Float]

    init(count: Int) {
        tokens = Array(repeating: [], count: count)
        scores = Array(repeating: 0, count: count)
    }
}

/// One hypothesis at the end, without the end token.
struct RankedSequence: Sendable, Hashable {
    var tokens: [Int]
    var score: Float
}

/// Chooses the next token of every hypothesis.
protocol TokenSearch {
    /// Continues every hypothesis by a token.
    ///
    /// - Parameter logits: hands out the logits `[V]` of a hypothesis, rules applied.
    /// - Returns: which hypothesis each one goes on from; `nil` when the search is over.
    mutating func extend(
        _ hypotheses: inout Hypotheses, _ logits: (Int, (Span<Float>) -> Void) -> Void
    ) -> [Int]?

    /// The candidates of each utterance.
    func finish(_ hypotheses: Hypotheses) -> [[RankedSequence]]
}

extension RankedSequence {
    /// The best of several: by the mean log probability, or with the length penalty of Wu et al. The first of equal
    /// ones.
    static func best(of candidates: [RankedSequence], lengthPenalty: Float?) -> RankedSequence {
        func rank(_ candidate: RankedSequence) -> Double {
            let length = Double(candidate.tokens.count)
            guard let lengthPenalty else { return Double(candidate.score) / max(length, 1) }
            return Double(candidate.score) / ScalarMath.pow((5 + length) / 6, Double(lengthPenalty))
        }
        var best = 0
        for index in candidates.indices where rank(candidates[index]) > rank(candidates[best]) { best = index }
        return candidates[best]
    }
}
