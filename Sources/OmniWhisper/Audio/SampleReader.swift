public import OmniCore

/// Audio of any length that is read piece by piece, some of it twice: a file, or samples in memory.
public struct SampleReader {
    /// Samples at 16 kHz.
    public let sampleCount: Int
    private let read: (Range<Int>) throws -> [Float]

    /// - Parameters:
    ///   - sampleCount: samples at 16 kHz.
    ///   - read: returns the samples of a range, which lies inside; called with any range any number of times.
    public init(sampleCount: Int, read: @escaping (Range<Int>) throws -> [Float]) {
        self.sampleCount = sampleCount
        self.read = read
    }

    /// Samples that are in memory.
    ///
    /// - Throws: ``WhisperError/wrongSampleRate(expected:found:)``.
    public init(_ audio: AudioChunk) throws(WhisperError) {
        guard audio.sampleRate == WhisperAudio.sampleRate else {
            throw .wrongSampleRate(expected: WhisperAudio.sampleRate, found: audio.sampleRate)
        }
        self.init(sampleCount: audio.samples.count) { Array(audio.samples[$0]) }
    }

    /// The samples of a range.
    ///
    /// - Throws: what reading throws; ``WhisperError/notFinite(sampleIndex:)``.
    func samples(_ range: Range<Int>) throws -> [Float] {
        let samples = try read(range)
        precondition(samples.count == range.count, "\(samples.count) samples were read for \(range)")
        for (offset, sample) in samples.enumerated() where !sample.isFinite {
            throw WhisperError.notFinite(sampleIndex: range.lowerBound + offset)
        }
        return samples
    }
}
