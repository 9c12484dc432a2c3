import OmniTensor

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
