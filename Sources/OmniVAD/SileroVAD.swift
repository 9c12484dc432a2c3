public import OmniCore
import OmniTensor

/// Silero's voice activity detector (snakers4/silero-vad, MIT), as it is published: version 4, which Mini-Omni ships,
/// and versions 5 and 6, which share one network.
///
/// The value is immutable and shared by all listenings; what a listening changes is in its ``State``.
public struct SileroVAD: VoiceActivityModel {
    /// The generations of the network that can be read.
    public enum Version: Sendable, Hashable {
        /// Two recurrent layers; windows of 512, 1024 or 1536 samples at 16 kHz, half as many at 8 kHz.
        case v4
        /// Versions 5 and 6: one recurrent layer; windows of 512 samples at 16 kHz with 64 samples of context, half as
        /// many at 8 kHz.
        case v5
    }

    /// The generation of the network.
    public let version: Version
    public let sampleRate: Int
    public let windowSampleCount: Int
    private let network: any SileroNetwork

    init(version: Version, sampleRate: Int, windowSampleCount: Int, network: any SileroNetwork) {
        self.version = version
        self.sampleRate = sampleRate
        self.windowSampleCount = windowSampleCount
        self.network = network
    }

    /// The state before the first window: zeros.
    public func makeState() -> State { network.makeState() }

    /// The probability of speech in `window`, in `0...1`.
    ///
    /// Samples that are not finite, or so large that sums overflow, give NaN, from that window on: such a listening has
    /// to start anew. ``probabilities(of:)`` throws instead.
    ///
    /// - Precondition: `window` holds ``windowSampleCount`` samples, and a state of this model belongs to it.
    public func speechProbability(in window: Span<Float>, state: inout State) -> Float {
        precondition(window.count == windowSampleCount, "\(window.count) samples for a window of \(windowSampleCount)")
        return network.speechProbability(in: window, state: &state)
    }
}
