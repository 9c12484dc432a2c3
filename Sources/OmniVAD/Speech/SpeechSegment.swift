import Foundation
public import OmniCore

/// A stretch of speech in a recording.
public struct SpeechSegment: Sendable, Hashable {
    /// The samples, padding included.
    public let sampleRange: Range<Int>

    /// Takes the range.
    public init(_ sampleRange: Range<Int>) { self.sampleRange = sampleRange }

    /// The first sample.
    public var start: Int { sampleRange.lowerBound }
    /// One past the last sample.
    public var end: Int { sampleRange.upperBound }

    /// The range in seconds, rounded as the reference does, halves to even.
    ///
    /// - Parameters:
    ///   - sampleRate: the rate of the samples, in Hz.
    ///   - fractionDigitCount: digits after the point; the reference's default is 1.
    ///   - duration: how long the recording is, in seconds: rounding does not go past its end.
    public func seconds(
        sampleRate: Int, fractionDigitCount: Int = 1, duration: Double = .infinity
    ) -> ClosedRange<Double> {
        let start = max(Self.rounded(Double(start) / Double(sampleRate), fractionDigitCount), 0)
        let end = min(Self.rounded(Double(end) / Double(sampleRate), fractionDigitCount), duration)
        return start...max(start, end)
    }

    /// `value` to so many digits. By way of text, which rounds the exact binary value: multiplying by a power of ten
    /// first would round twice.
    static func rounded(_ value: Double, _ fractionDigitCount: Int) -> Double {
        Double(String(format: "%.\(max(fractionDigitCount, 0))f", value)) ?? value
    }
}

/// What a ``SpeechSegmenter`` has found out.
public enum SpeechEvent: Sendable, Hashable {
    /// Speech seems to begin at this sample (padding included). Ends as ``ended(sample:)`` or
    /// ``discarded(sample:)``.
    case began(sample: Int)
    /// The speech that began last is over, before this sample (padding included, wherever the recording may end).
    case ended(sample: Int)
    /// The speech that began last was too short to count; it was over before this sample.
    case discarded(sample: Int)
    /// Speech with its final bounds, which follow when nothing can change them any more: they can depend on when the
    /// next speech begins.
    case segment(SpeechSegment)
}

extension AudioChunk {
    /// The samples of some segments one after the other (the reference's `collect_chunks`); empty when there are none.
    /// What lies outside the chunk is left out.
    public func collecting(_ segments: [SpeechSegment]) -> AudioChunk {
        var collected: [Float] = []
        collected.reserveCapacity(min(samples.count, segments.reduce(0) { $0 + $1.sampleRange.count }))
        for segment in segments { collected += samples[segment.sampleRange.clamped(to: 0..<samples.count)] }
        return AudioChunk(collected, sampleRate: sampleRate)
    }
}
