import OmniCore
import Synchronization

/// An utterance while it is spoken: audio at any rate is resampled and passed on to the encoder's stream as it comes.
struct StreamingUtterance<Encoder: SpeechEncoder>: Sendable {
    private let encoder: Encoder
    private var resampler: Resampler
    private var stream: Encoder.Stream
    /// Samples so far, at the rate of what is pushed.
    private(set) var sampleCount = 0

    /// - Throws: `AudioInputError.unsupportedResampling`.
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

    /// How much of that the encoder takes.
    var encodedDuration: Duration {
        min(duration, .seconds(Double(encoder.maximumSampleCount) / Double(encoder.inputSampleRate)))
    }

    /// What is left to compute of what was pushed so far.
    ///
    /// - Throws: `AudioInputError.tooShort`, and what the encoder's stream throws.
    func makeEncoding() throws -> Encoder.Stream.Encoding {
        try encoder.requireLength(of: sampleCount, sampleRate: resampler.inputSampleRate)
        var (resampler, stream) = (resampler, stream)
        let rest = resampler.finish()
        try stream.push(rest.span)
        return try stream.makeEncoding()
    }
}

/// The features of an utterance, computed when a reply first asks for them: a reply and a transcription encode it once.
final class SharedFeatures<Encoder: SpeechEncoder>: Sendable {
    private enum Progress {
        case none
        case encoding(Encoder.Stream.Encoding)
        case done(Encoder.Features)
    }

    let utterance: StreamingUtterance<Encoder>
    private let progress = Mutex(Progress.none)

    init(_ utterance: StreamingUtterance<Encoder>) { self.utterance = utterance }

    /// Encodes the next part of the utterance, whichever reply encoded the parts before.
    ///
    /// - Returns: the features when they are ready; `nil` before.
    func advanceEncoding() throws -> Encoder.Features? {
        try progress.withLock { progress in
            if case .done(let features) = progress { return features }
            var encoding =
                if case .encoding(let begun) = progress { begun } else { try utterance.makeEncoding() }
            // A copy that stayed behind would make this one copy all that it holds.
            progress = .none
            let features = try encoding.advance()
            progress = if let features { .done(features) } else { .encoding(encoding) }
            return features
        }
    }
}
