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

/// Log probabilities of the logits of one position.
enum LogProbabilities {
    /// What is subtracted from a logit to make it a log probability: the logarithm of the sum of all exponentials.
    static func normalizer(of logits: Span<Float>) -> Double {
        var largest = -Float.infinity
        for i in logits.indices { largest = max(largest, logits[i]) }
        guard largest.isFinite else { return Double(largest) }
        var sum = 0.0
        for i in logits.indices {
            let difference = logits[i] - largest
            // Less than a rounding error, and many.
            if difference > -60 { sum += Double(ScalarMath.exp(difference)) }
        }
        return Double(largest) + ScalarMath.log(sum)
    }

    /// The token of the largest logit, the first of equal ones.
    static func largest(of logits: Span<Float>) -> Int {
        var best = 0
        for i in logits.indices where logits[i] > logits[best] { best = i }
        return best
    }

    /// The tokens of the `count` largest logits, descending; of equal ones the first comes first.
    static func largest(_ count: Int, of logits: Span<Float>) -> [Int] {
        var best: [Int] = []
        for i in logits.indices {
            if best.count == count, logits[i] <= logits[best[count - 1]] { continue }
            let place = best.firstIndex { logits[$0] < logits[i] } ?? best.count
            best.insert(i, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
