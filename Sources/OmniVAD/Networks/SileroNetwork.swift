/// One of Silero's networks for one sample rate and window.
protocol SileroNetwork: Sendable {
    /// The state before the first window.
    func makeState() -> SileroVAD.State
    /// The probability of speech in a window of the right size.
    func speechProbability(in window: Span<Float>, state: inout SileroVAD.State) -> Float
}
