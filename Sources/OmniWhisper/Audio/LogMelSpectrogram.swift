public import OmniCore
public import OmniTensor

/// Whisper's log-mel spectrogram: frames of 25 ms every 10 ms under a periodic Hann window, centred with reflected
/// edges, power, mel filters, decimal logarithm, floored 8 below the loudest value of the whole padded audio, scaled by
/// `(x + 4) / 4`.
///
/// The audio is cut at ``maximumSampleCount`` or padded there with silence. The frames of the padding are all alike
/// and are filled in, not transformed.
public struct LogMelSpectrogram: Sendable {
    /// Values in a frame, `M`.
    public let melBinCount: Int
    /// Frames, `T`: 3000 for 30 s.
    public let frameCount: Int

    let filters: MelFilterBank
    let transform = RealFourierTransform(length: WhisperAudio.windowLength)
    let window: [Float]

    /// - Precondition: both counts are positive, and there are at least two frames, for the edges to be reflected in.
    public init(melBinCount: Int = 80, frameCount: Int = 3000) {
        precondition(frameCount >= 2, "\(frameCount) frames")
        self.melBinCount = melBinCount
        self.frameCount = frameCount
        filters = MelFilterBank(binCount: melBinCount)
        // In the single-precision steps of PyTorch: what they round away shows in the quietest values.
        let step = Float(2 * Double.pi / Double(WhisperAudio.windowLength))
        window = (0..<WhisperAudio.windowLength).map { 0.5 - 0.5 * ScalarMath.cos(Float($0) * step) }
    }

    /// Samples per second that the spectrogram is made for: 16 kHz.
    public var sampleRate: Int { WhisperAudio.sampleRate }
    /// Samples in all frames together; what is longer is cut there.
    public var maximumSampleCount: Int { frameCount * WhisperAudio.hopLength }

    /// The spectrogram of a whole recording at 16 kHz, `[T, M]`, time-major (the reference has `[M, T]`).
    ///
    /// No samples at all are as good as silence.
    ///
    /// - Throws: `AudioInputError.notFinite`.
    public func callAsFunction(_ samples: Span<Float>) throws(AudioInputError) -> Tensor<Float> {
        var stream = makeStream()
        try stream.push(samples)
        return stream.finish()
    }

    /// A stream that computes frames as audio arrives.
    public func makeStream() -> Stream { Stream(self) }
}
