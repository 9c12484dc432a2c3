import OmniCore
import Synchronization

/// A question while it is being spoken: sound at any rate goes in, and on to the encoder's stream as it comes.
struct Hearing<Encoder: SpeechEncoder>: Sendable {
    private let encoder: Encoder
    private var resampler: Resampler
    private var stream: Encoder.Stream
    /// Samples heard, at the rate of what goes in.
    private(set) var sampleCount = 0

    /// - Throws: ``ResamplerError/unsupportedRatio(from:to:)``.
    init(_ encoder: Encoder, sampleRate: Int) throws {
        self.encoder = encoder
        resampler = try Resampler(from: sampleRate, to: encoder.inputSampleRate)
        stream = encoder.makeStream()
    }

    mutating func push(_ samples: [Float]) throws {
        sampleCount += samples.count
        let samples = try resampler.push(samples)
        try stream.push(samples.span)
    }

    /// How long it has been so far.
    var duration: Duration { .seconds(Double(sampleCount) / Double(resampler.inputSampleRate)) }

    /// How much of that the encoder hears.
    var heardDuration: Duration {
        min(duration, .seconds(Double(encoder.maximumSampleCount) / Double(encoder.inputSampleRate)))
    }

    /// The features of what was heard so far.
    func features() throws -> Encoder.Features {
        var (resampler, stream) = (resampler, stream)
        let rest = resampler.finish()
        try stream.push(rest.span)
        return try stream.finish()
    }
}

/// A question that was heard, and its features once somebody has asked for them: an answer and a transcription encode it
/// once.
final class HeardQuestion<Encoder: SpeechEncoder>: Sendable {
    let hearing: Hearing<Encoder>
    private let encoded = Mutex<Encoder.Features?>(nil)

    init(_ hearing: Hearing<Encoder>) { self.hearing = hearing }

    /// Encodes the question, or remembers. Whoever comes while it is being encoded waits.
    func features() throws -> Encoder.Features {
        try encoded.withLock { encoded in
            if let encoded { return encoded }
            let features = try hearing.features()
            encoded = features
            return features
        }
    }
}
