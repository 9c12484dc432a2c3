public import OmniCore

extension OmniGPT {
    /// Takes one step of each of several replies in one pass, which costs little more than a step of one: the weights
    /// are read once for all.
    ///
    /// The replies have nothing in common but the model: each has its own question, mode, sampler and place, may join
    /// before any step and leave after any. Each chooses the tokens that it would choose alone, as exactly as the
    /// engine multiplies a row alone and among others alike.
    ///
    /// - Parameter generations: replies made by this model, each once.
    /// - Returns: what each step made known, in the same order; `nil` for a reply that is over.
    public func step(_ generations: [OmniGeneration]) -> [GenerationStep<CodeFrame>?] {
        if generations.count == 1 { return [generations[0].next()] }
        var steps = [GenerationStep<CodeFrame>?](repeating: nil, count: generations.count)
        var segments: [DecoderSegment] = []
        segments.reserveCapacity(2 * generations.count)
        var readers: [(index: Int, sequence: Int)] = []
        readers.reserveCapacity(generations.count)
        for (index, generation) in generations.enumerated() {
            precondition(!generations[..<index].contains { $0 === generation }, "a reply twice in one step")
            guard generation.mayStep() else { continue }
            let pending = generation.pendingSegments()
            if pending.isEmpty {
                steps[index] = generation.choose(from: generation.workspace, sequence: 0)
            } else {
                readers.append((index, segments.count))
                segments += pending
            }
        }
        // Its own logits were chosen from in its last step: the first reader's workspace is free to serve all.
        guard let workspace = readers.first.map({ generations[$0.index].workspace }) else { return steps }
        forward(segments, workspace)
        for (index, sequence) in readers {
            steps[index] = generations[index].choose(from: workspace, sequence: sequence)
        }
        return steps
    }

    /// Takes one step of each of several replies in one pass, for the role; none fails.
    public func step(
        _ generations: inout [OmniGeneration]
    ) -> [Result<GenerationStep<CodeFrame>?, any Error>] {
        step(generations).map { .success($0) }
    }
}
