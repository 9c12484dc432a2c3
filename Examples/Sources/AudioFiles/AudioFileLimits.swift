/// What is too much for a recording.
public struct AudioFileLimits: Sendable, Hashable {
    /// Samples of one channel that are decoded: 1 GiB of them, an hour and a half at 48 kHz.
    public var maximumSampleCount = 1 << 28
    /// Bytes of a file that has to be in memory as a whole.
    public var maximumFileByteCount = 1 << 29
    /// Channels.
    public var maximumChannelCount = 64
    /// Samples of one channel per second, in Hz.
    public var sampleRates = 1000...768_000

    /// The defaults.
    public init() {}

    func check(sampleRate: Int, channelCount: Int, file: String) throws(AudioFileError) {
        guard sampleRates.contains(sampleRate) else {
            throw .unusable(file: file, property: "a sample rate of \(sampleRate) Hz")
        }
        guard (1...max(maximumChannelCount, 1)).contains(channelCount) else {
            throw .unusable(file: file, property: "\(channelCount) channels")
        }
    }

    func check(sampleCount: Int, file: String) throws(AudioFileError) {
        guard sampleCount <= maximumSampleCount else {
            throw .tooLong(file: file, maximumSampleCount: maximumSampleCount)
        }
    }
}
