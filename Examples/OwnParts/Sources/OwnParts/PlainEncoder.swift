import OmniCore

/// An encoder whose features are the utterance itself.
public struct PlainEncoder: SpeechEncoder {
    public var inputSampleRate: Int { 16_000 }
    public var maximumSampleCount: Int { 16_000 * 30 }

    /// Makes an encoder.
    public init() {}

    public func encode(_ utterance: AudioChunk) -> AudioChunk { utterance }
}
