import OmniTensor

/// Takes the most probable token at temperature 0, and draws one above; every hypothesis for itself.
struct GreedySearch: TokenSearch {
    private let temperature: Float
    private let endOfText: Int
    private let groupCount: Int
    private var random: RandomSource

    init(_ options: DecodingOptions, endOfText: Int) {
        temperature = options.temperature
        groupCount = options.groupCount
        self.endOfText = endOfText
        random = RandomSource(seed: options.seed)
    }

    mutating func extend(
        _ hypotheses: inout Hypotheses, _ logits: (Int, (Span<Float>) -> Void) -> Void
    ) -> [Int]? {
        var isOver = true
        for row in hypotheses.tokens.indices {
            if hypotheses.tokens[row].last == endOfText {
                hypotheses.tokens[row].append(endOfText)
                continue
            }
            var token = endOfText
            logits(row) { logits in
                token = choose(logits)
                let score = Double(logits[token]) - LogSumExp.value(of: logits)
                hypotheses.scores[row] += Float(score)
            }
            hypotheses.tokens[row].append(token)
            if token != endOfText { isOver = false }
        }
        return isOver ? nil : Array(hypotheses.tokens.indices)
    }

    private mutating func choose(_ logits: Span<Float>) -> Int {
        let largest = LogSumExp.indexOfLargest(of: logits)
        guard temperature > 0 else { return largest }
        var weights: [Float] = []
        weights.reserveCapacity(logits.count)
        var sum = 0.0
        for i in logits.indices {
            let weight = ScalarMath.exp((logits[i] - logits[largest]) / temperature)
            weights.append(weight)
            sum += Double(weight)
        }
        var rest = random.uniform() * sum
        for (token, weight) in weights.enumerated() {
            rest -= Double(weight)
            if rest < 0 { return token }
        }
        return largest
    }

    func finish(_ hypotheses: Hypotheses) -> [[RankedSequence]] {
        stride(from: 0, to: hypotheses.tokens.count, by: groupCount).map { start in
            (start..<start + groupCount).map { row in
                RankedSequence(
                    tokens: Array(hypotheses.tokens[row].prefix { $0 != endOfText }), score: hypotheses.scores[row])
            }
        }
    }
}

/// Uniform numbers from a seed (SplitMix64).
struct RandomSource: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// In `0..<1`.
    mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((value ^ (value >> 31)) >> 11) * 0x1p-53
    }
}
