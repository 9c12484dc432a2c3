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
    /// - Throws: `AudioInputError.wrongSampleRate`.
    public init(_ audio: AudioChunk) throws(AudioInputError) {
        try audio.require(sampleRate: WhisperAudio.sampleRate)
        self.init(sampleCount: audio.samples.count) { Array(audio.samples[$0]) }
    }

    /// The samples of a range.
    ///
    /// - Throws: what reading throws; `AudioInputError.notFinite`.
    func samples(_ range: Range<Int>) throws -> [Float] {
        let samples = try read(range)
        precondition(samples.count == range.count, "\(samples.count) samples were read for \(range)")
        try samples.span.requireFinite(firstIndex: range.lowerBound)
        return samples
    }
}
