/// How a WAV file stores its audio.
public struct WAVFormat: Sendable, Hashable {
    /// How one sample is stored, little-endian.
    public enum SampleFormat: String, Sendable, Hashable, CaseIterable {
        /// 8 bits, 128 is silence.
        case unsigned8
        /// 16 bits, two's complement.
        case int16
        /// 24 bits, two's complement.
        case int24
        /// 32 bits, two's complement.
        case int32
        /// IEEE 754 binary32.
        case float32
        /// IEEE 754 binary64.
        case float64
        /// G.711 A-law, 8 bits.
        case aLaw
        /// G.711 µ-law, 8 bits.
        case muLaw

        /// Bytes that a sample takes.
        public var byteCount: Int {
            switch self {
            case .unsigned8, .aLaw, .muLaw: 1
            case .int16: 2
            case .int24: 3
            case .int32, .float32: 4
            case .float64: 8
            }
        }

        /// Whether samples are floats.
        package var isFloat: Bool { self == .float32 || self == .float64 }

        /// The number of the encoding in a `fmt ` chunk.
        var formatTag: Int {
            switch self {
            case .unsigned8, .int16, .int24, .int32: 1
            case .float32, .float64: 3
            case .aLaw: 6
            case .muLaw: 7
            }
        }
    }

    /// How one sample is stored.
    public var sampleFormat: SampleFormat
    /// Samples of one channel per second, in Hz.
    public var sampleRate: Int
    /// Channels, interleaved.
    public var channelCount: Int

    /// Describes a format; 16-bit mono unless said otherwise.
    ///
    /// - Precondition: the rate fits in 32 bits, the channels and the bytes of a frame in 16, and all are positive.
    public init(sampleRate: Int, sampleFormat: SampleFormat = .int16, channelCount: Int = 1) {
        precondition(sampleRate > 0 && sampleRate <= Int(UInt32.max), "a sample rate of \(sampleRate) Hz")
        precondition(
            channelCount > 0 && channelCount * sampleFormat.byteCount <= Int(UInt16.max), "\(channelCount) channels")
        self.sampleFormat = sampleFormat
        self.sampleRate = sampleRate
        self.channelCount = channelCount
    }

    /// Bytes that one sample of every channel takes.
    package var bytesPerFrame: Int { sampleFormat.byteCount * channelCount }
}
