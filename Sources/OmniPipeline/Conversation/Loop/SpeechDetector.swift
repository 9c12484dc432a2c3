import OmniCore

/// A voice activity model and what it keeps between windows.
struct SpeechDetector {
    private var listener: any WindowListener

    init(_ model: any VoiceActivityModel) { listener = Self.listener(of: model) }

    /// The probability of speech in the next window.
    mutating func push(_ window: [Float]) -> Float { listener.push(window) }

    private static func listener<Model: VoiceActivityModel>(of model: Model) -> any WindowListener {
        ModelListener(model: model, state: model.makeState())
    }
}

private protocol WindowListener {
    mutating func push(_ window: [Float]) -> Float
}

private struct ModelListener<Model: VoiceActivityModel>: WindowListener {
    let model: Model
    var state: Model.State

    mutating func push(_ window: [Float]) -> Float {
        let probability = model.speechProbability(in: window.span, state: &state)
        // A state that has overflowed never comes back by itself.
        guard probability.isFinite else {
            state = model.makeState()
            return 0
        }
        return probability
    }
}
