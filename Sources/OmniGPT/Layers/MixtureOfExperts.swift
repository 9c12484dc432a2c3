import OmniNN
import OmniTensor

/// A few of many gated perceptrons for each position, weighted by a softmax over the scores of the chosen ones.
struct MixtureOfExperts: Sendable {
    private let router: Linear  // [E, D], without bias
    private let experts: [GatedFeedForward]
    private let chosenCount: Int

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        router = try Linear(
            weights.scope("gate"), in: shape.width, out: shape.expertCount, bias: false, engine: engine,
            precision: .float32)
        experts = try (0..<shape.expertCount).map { index in
            try GatedFeedForward(
                weights.scope("experts").scope(index), in: shape.width, shape, activation: .silu, engine: engine,
                precision: precision)
        }
        chosenCount = shape.expertsPerToken
    }

    func callAsFunction(
        _ x: Span<Float>, addingTo y: inout MutableSpan<Float>, gates: inout RowBuffer, values: inout RowBuffer,
        scores: inout RowBuffer
    ) {
        let width = router.inputWidth
        let rowCount = x.count / width
        scores.reshape(rowCount: rowCount, width: experts.count)
        var scoreSpan = scores.mutableSpan
        router(x, into: &scoreSpan)
        var result = Tensor<Float>(zeros: [width])
        for row in 0..<rowCount {
            let place = row * width..<(row + 1) * width
            for (expert, share) in Self.choice(
                scores.span.extracting(row * experts.count..<(row + 1) * experts.count), chosenCount)
            {
                var span = result.mutableSpan
                experts[expert](x.extracting(place), accumulating: false, into: &span, gates: &gates, values: &values)
                for i in 0..<width { y[place.lowerBound + i] += share * span[i] }
            }
        }
    }

    /// The experts with the largest scores, and the share of each.
    private static func choice(_ scores: Span<Float>, _ count: Int) -> [(expert: Int, share: Float)] {
        var byScore: [(expert: Int, score: Float)] = []
        for expert in scores.indices { byScore.append((expert, scores[expert])) }
        byScore.sort { a, b in a.score == b.score ? a.expert < b.expert : a.score > b.score }
        let ranked = byScore.prefix(count)
        let largest = ranked.first?.score ?? 0
        let weights = ranked.map { ScalarMath.exp($0.score - largest) }
        let sum = weights.reduce(0, +)
        return zip(ranked, weights).map { chosen, weight in (chosen.expert, weight / sum) }
    }
}
