import OmniCore

/// A voice activity model and what it keeps between windows.
struct VoiceDetector {
    private var state: any WindowDetector

    init(_ model: any VoiceActivityModel) { state = Self.detector(of: model) }

    /// The probability of speech in the next window.
    mutating func push(_ window: [Float]) -> Float { state.push(window) }

    private static func detector<Model: VoiceActivityModel>(of model: Model) -> any WindowDetector {
        ModelDetector(model: model, state: model.makeState())
    }
}

private protocol WindowDetector {
    mutating func push(_ window: [Float]) -> Float
}

private struct ModelDetector<Model: VoiceActivityModel>: WindowDetector {
    let model: Model
    var state: Model.State

    mutating func push(_ window: [Float]) -> Float {
        let probability = model.speechProbability(in: window.span, state: &state)
        // A state that has overflowed never recovers by itself.
        guard probability.isFinite else {
            state = model.makeState()
            return 0
        }
        return probability
    }
}
