/// Gives the probability of speech, one window at a time.
public protocol VoiceActivityModel: Sendable {
    /// What one listening keeps between windows.
    associatedtype State: Sendable

    /// The rate of the windows, in Hz.
    var sampleRate: Int { get }
    /// Samples a window holds.
    var windowSampleCount: Int { get }

    /// The state before the first window.
    func makeState() -> State

    /// The probability of speech in `window`, in `0...1`.
    ///
    /// - Precondition: `window` holds ``windowSampleCount`` samples.
    func speechProbability(in window: Span<Float>, state: inout State) -> Float
}
