import OmniGPT
import OmniPipeline
import OmniTensor

/// The logits of a model on which a reply is forced, whatever it would have chosen itself.
struct ForcedLogits {
    /// For each step, the logits of the seven audio streams, then of the text.
    private(set) var steps: [[[Float]]] = []

    /// - Parameters:
    ///   - features: what the model hears, `[L, F]`.
    ///   - tokens: the reply, audio streams first.
    init(_ model: OmniGPT, hearing features: Tensor<Float>, answering tokens: [[Int32]]) throws {
        let special = try SpecialTokens(model.configuration.vocabulary)
        let adapted = try model.adapt(features)
        let prompt = Prompt(featureCount: adapted.shape[0], mode: .speechToSpeech, special)
        let cache = model.makeCache()
        let workspace = model.makeWorkspace()
        var segment = DecoderSegment(
            cache, prompt.positions, speech: (adapted, prompt.featurePositions), wantsText: true, wantsAudio: true)
        for step in 0..<(tokens.last?.count ?? 0) {
            model.forward([segment], workspace)
            steps.append(
                (0..<VocabularyLayout.audioStreamCount).map { stream in
                    workspace.withAudioLogits(of: 0, stream: stream) { logits in logits.indices.map { logits[$0] } }
                } + [workspace.withTextLogits(of: 0) { logits in logits.indices.map { logits[$0] } }])
            segment = DecoderSegment(
                cache, [PositionTokens(tokens.map { $0[step] })], wantsText: true, wantsAudio: true)
        }
    }

    /// How far other logits are from these.
    struct Difference {
        private var (errorSquares, squares) = (0.0, 0.0)
        private var (sameCount, choiceCount) = (0, 0)

        /// The errors' root mean square, in proportion to that of the logits.
        var error: Double { squares == 0 ? 0 : (errorSquares / squares).squareRoot() }
        /// Part of the choices that are the same.
        var agreement: Double { choiceCount == 0 ? 1 : Double(sameCount) / Double(choiceCount) }

        /// Compares all logits of a reply.
        mutating func add(_ exact: ForcedLogits, _ other: ForcedLogits) {
            for (exact, other) in zip(exact.steps.joined(), other.steps.joined()) {
                for (a, b) in zip(exact, other) {
                    errorSquares += Double(a - b) * Double(a - b)
                    squares += Double(a) * Double(a)
                }
                choiceCount += 1
                if Self.largest(exact) == Self.largest(other) { sameCount += 1 }
            }
        }

        private static func largest(_ logits: [Float]) -> Int? { logits.indices.max { logits[$0] < logits[$1] } }
    }
}
