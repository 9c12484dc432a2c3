/// Mono PCM, nominally in `-1...1`.
public struct AudioChunk: Sendable, Hashable {
    /// One amplitude per sample, oldest first.
    public var samples: [Float]
    /// Samples per second, in Hz.
    public let sampleRate: Int

    /// - Precondition: `sampleRate` is positive.
    public init(_ samples: [Float], sampleRate: Int) {
        precondition(sampleRate > 0, "a sample rate of \(sampleRate) Hz")
        self.samples = samples
        self.sampleRate = sampleRate
    }

    /// How long the chunk lasts.
    public var duration: Duration {
        .seconds(Double(samples.count) / Double(sampleRate))
    }
}
