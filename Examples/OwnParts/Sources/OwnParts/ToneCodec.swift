import Foundation
import OmniCore

/// A frame of a codec of one's own: a frequency.
public struct Tone: Sendable, Hashable {
    /// Hz.
    public var frequency: Float

    /// The tone of a token: letters of the alphabet are half-tones.
    public init(of token: TokenID) {
        frequency = 220 * Foundation.pow(2, Float(token.rawValue % 32) / 12)
    }
}

/// Plays each ``Tone`` for 50 ms, without a jump of its phase.
public struct ToneCodec: SpeechCodec {
    public var outputSampleRate: Int { 16_000 }
    public var samplesPerFrame: Int { 800 }

    /// Makes a codec.
    public init() {}

    public func makeStream() -> Stream { Stream(codec: self) }

    /// One stream of tones.
    public struct Stream: SpeechCodecStream {
        let codec: ToneCodec
        private var phase: Float = 0

        init(codec: ToneCodec) { self.codec = codec }

        public mutating func push(_ frame: Tone) -> AudioChunk? {
            let step = 2 * Float.pi * frame.frequency / Float(codec.outputSampleRate)
            var samples: [Float] = []
            for _ in 0..<codec.samplesPerFrame {
                samples.append(0.3 * sin(phase))
                phase = (phase + step).truncatingRemainder(dividingBy: 2 * Float.pi)
            }
            return AudioChunk(samples, sampleRate: codec.outputSampleRate)
        }

        public mutating func finish() -> AudioChunk? { nil }
    }
}
