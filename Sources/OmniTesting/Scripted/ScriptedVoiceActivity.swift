public import OmniCore

/// A voice activity model that takes loudness for speech: the probability is the largest amplitude in the window.
public struct ScriptedVoiceActivity: VoiceActivityModel {
    public let sampleRate: Int
    public let windowSampleCount: Int

    /// Windows of 32 ms at 16 kHz unless said otherwise.
    public init(sampleRate: Int = 16_000, windowSampleCount: Int = 512) {
        self.sampleRate = sampleRate
        self.windowSampleCount = windowSampleCount
    }

    public func makeState() -> Int { 0 }

    public func speechProbability(in window: Span<Float>, state: inout Int) -> Float {
        precondition(window.count == windowSampleCount, "\(window.count) samples in a window")
        var loudest: Float = 0
        for index in window.indices { loudest = max(loudest, abs(window[index])) }
        return loudest
    }
}
