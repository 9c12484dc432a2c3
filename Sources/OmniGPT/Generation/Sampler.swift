package import OmniCore
import OmniTensor

/// Chooses a token by its logit: the `topK` largest, divided by the temperature, cut down to `topP`, then drawn.
///
/// The order of the steps is LitGPT's. Draws come from a generator of its own: equal seeds choose equal tokens.
package struct Sampler: Sendable {
    private let topK: Int?
    private let temperature: Float
    private let topP: Float
    private var random: SplitMix64
    private var candidates: [Candidate] = []

    private struct Candidate {
        var token: Int32
        var value: Float
    }

    /// - Throws: ``OmniGPTError/invalidOptions(field:reason:)``.
    package init(_ options: GenerationOptions) throws(OmniGPTError) {
        if let topK = options.topK, topK < 1 {
            throw .invalidOptions(field: "topK", reason: "\(topK) tokens to choose from")
        }
        guard options.temperature >= 0, options.temperature.isFinite else {
            throw .invalidOptions(field: "temperature", reason: "\(options.temperature) is not 0 or more")
        }
        guard (0...1).contains(options.topP) else {
            throw .invalidOptions(field: "topP", reason: "\(options.topP) is not in 0...1")
        }
        topK = options.topK
        temperature = options.temperature
        topP = options.topP
        random = SplitMix64(state: options.seed)
    }

    private var isGreedy: Bool { topK == 1 || topP == 0 }

    /// The chosen token. Of equal logits the first counts as the largest; what is not a number is not chosen while
    /// there is one.
    package mutating func choose(_ logits: Span<Float>) -> Int32 {
        guard !isGreedy else { return Self.largest(logits) }
        prepare(logits)
        // A uniform number in 0..<1. In double precision: a hundred thousand subtractions must not add up to a token.
        var rest = Double(random.next() >> 11) * 0x1p-53
        for candidate in candidates {
            rest -= Double(candidate.value)
            if rest < 0 { return candidate.token }
        }
        // Probabilities that add up to a little less than one, or to nothing.
        return candidates.last { $0.value > 0 }?.token ?? Self.largest(logits)
    }

    /// The probability that each token is drawn with.
    mutating func probabilities(_ logits: Span<Float>) -> [Float] {
        var probabilities = [Float](repeating: 0, count: logits.count)
        guard !isGreedy else {
            probabilities[Int(Self.largest(logits))] = 1
            return probabilities
        }
        prepare(logits)
        for candidate in candidates { probabilities[Int(candidate.token)] = candidate.value }
        return probabilities
    }

    private static func largest(_ logits: Span<Float>) -> Int32 {
        precondition(!logits.isEmpty, "no logits to choose from")
        var best = 0
        for i in logits.indices where logits[i] > logits[best] || (logits[best].isNaN && !logits[i].isNaN) { best = i }
        return Int32(best)
    }

    /// A logit that can be compared.
    private static func ordered(_ logit: Float) -> Float { logit.isNaN ? -.infinity : logit }

    /// Leaves the tokens that can be drawn, with their probabilities.
    private mutating func prepare(_ logits: Span<Float>) {
        select(logits)
        if temperature > 0 {
            for i in candidates.indices { candidates[i].value /= temperature }
        }
        normalize()
        guard topP < 1 else { return }
        cut()
        normalize(isExponential: false)
    }

    /// The `topK` largest, or all.
    private mutating func select(_ logits: Span<Float>) {
        candidates.removeAll(keepingCapacity: true)
        guard let topK, topK < logits.count else {
            candidates.reserveCapacity(logits.count)
            for i in logits.indices { candidates.append(Candidate(token: Int32(i), value: Self.ordered(logits[i]))) }
            return
        }
        // Largest first. A newcomer is usually smaller than all, which one comparison tells.
        candidates.reserveCapacity(topK + 1)
        for i in logits.indices {
            let logit = Self.ordered(logits[i])
            if candidates.count == topK {
                guard logit > candidates[topK - 1].value else { continue }
                candidates.removeLast()
            }
            var low = 0
            var high = candidates.count
            while low < high {
                let middle = (low + high) / 2
                if candidates[middle].value >= logit { low = middle + 1 } else { high = middle }
            }
            candidates.insert(Candidate(token: Int32(i), value: logit), at: low)
        }
    }

    /// Makes values probabilities: by a softmax, or by dividing what are parts already.
    private mutating func normalize(isExponential: Bool = true) {
        if isExponential {
            let largest = candidates.reduce(-Float.infinity) { max($0, $1.value) }
            for i in candidates.indices { candidates[i].value = ScalarMath.exp(candidates[i].value - largest) }
        }
        let sum = candidates.reduce(Float(0)) { $0 + $1.value }
        for i in candidates.indices { candidates[i].value /= sum }
    }

    /// Drops the unlikeliest tokens, as long as they have no more than `1 − topP` together; the likeliest stays.
    private mutating func cut() {
        // So unlikely that all such tokens together are dropped: most of a large vocabulary need not be sorted.
        let least = (1 - topP) / Float(candidates.count)
        var dropped: Float = 0
        for candidate in candidates where candidate.value <= least { dropped += candidate.value }
        candidates.removeAll { $0.value <= least }
        candidates.sort { $0.value != $1.value ? $0.value > $1.value : $0.token < $1.token }
        while candidates.count > 1, let last = candidates.last {
            dropped += last.value
            guard dropped <= 1 - topP else { return }
            candidates.removeLast()
        }
    }
}

/// Steele, Lea and Flood's generator: small, fast, and the same everywhere.
struct SplitMix64: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
