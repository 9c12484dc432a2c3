public import OmniCore

/// An encoder whose features are the utterance itself.
public struct ScriptedEncoder: SpeechEncoder {
    public var inputSampleRate: Int
    public var maximumSampleCount: Int
    public var minimumSampleCount = 0
    /// Thrown instead of listening.
    public var error: ScriptedError?

    /// Listens at a rate and to so many samples.
    public init(inputSampleRate: Int = 16_000, maximumSampleCount: Int = 480_000, error: ScriptedError? = nil) {
        self.inputSampleRate = inputSampleRate
        self.maximumSampleCount = maximumSampleCount
        self.error = error
    }

    public func encode(_ utterance: AudioChunk) throws -> AudioChunk {
        if let error { throw error }
        precondition(utterance.sampleRate == inputSampleRate, "the session resamples")
        return utterance
    }
}
