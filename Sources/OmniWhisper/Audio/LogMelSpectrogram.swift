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

extension LogMelSpectrogram {
    /// A spectrogram in the making: each frame is computed as soon as its last sample is there, and only what depends
    /// on the loudest value of all is left for ``finish()``. Any chopping of the audio gives the same spectrogram, bit
    /// by bit.
    ///
    /// A copy is a stream of its own; it costs a copy of samples and frames, some 3 MB for 30 s, when either goes on.
    public struct Stream: Sendable {
        private let spectrogram: LogMelSpectrogram
        /// Everything heard, up to the cut: the last samples are needed again where the end is reflected.
        private var samples: [Float] = []
        /// Decimal logarithms of mel energies, before the floor. `[T, M]`
        private var logarithms: Tensor<Float>
        /// Samples pushed, those beyond the cut included.
        public private(set) var sampleCount = 0
        /// Frames computed so far.
        package private(set) var readyFrameCount = 0

        // Scratch of the transform.
        private var work: [RealFourierTransform.Complex]
        private var power: [RealFourierTransform.Lanes]

        /// The logarithm of the smallest energy that counts; what silence has everywhere.
        private static let silence: Float = -10

        init(_ spectrogram: LogMelSpectrogram) {
            self.spectrogram = spectrogram
            logarithms = Tensor(
                repeating: Self.silence, shape: [spectrogram.frameCount, spectrogram.melBinCount])
            work = Array(repeating: .zero, count: spectrogram.transform.workCount)
            power = Array(repeating: .zero, count: spectrogram.transform.frequencyCount)
        }

        /// The frames computed so far, before floor and scale: `log10` of mel energies `[readyFrameCount, M]`.
        ///
        /// A view: let go of it before the next ``push(_:)``, which otherwise copies all frames first.
        package var rawFrames: Tensor<Float> { logarithms.rows(0..<readyFrameCount) }

        /// Takes the next samples at 16 kHz and computes the frames that they complete. What lies beyond
        /// ``LogMelSpectrogram/maximumSampleCount`` is counted and dropped.
        ///
        /// - Throws: `AudioInputError.notFinite`, and takes nothing then.
        public mutating func push(_ samples: Span<Float>) throws(AudioInputError) {
            try samples.requireFinite(firstIndex: sampleCount)
            sampleCount += samples.count
            let kept = min(samples.count, spectrogram.maximumSampleCount - self.samples.count)
            unsafe samples.withUnsafeBufferPointer { unsafe self.samples.append(contentsOf: $0.prefix(kept)) }
            compute(through: completeFrameCount)
        }

        /// Takes samples that are all alike, as the first ones, and computes one frame for all that lie within them.
        ///
        /// - Precondition: nothing was pushed before, and `value` is finite.
        mutating func begin(repeating value: Float, count: Int) {
            precondition(sampleCount == 0 && value.isFinite, "\(count) samples of \(value) behind \(sampleCount)")
            sampleCount = count
            samples = Array(repeating: value, count: min(count, spectrogram.maximumSampleCount))
            let end = completeFrameCount
            guard end > 2 else { return compute(through: end) }
            compute(through: 2)
            let width = spectrogram.melBinCount
            var rows = logarithms.mutableSpan
            for index in 2 * width..<end * width { rows[index] = rows[index - width] }
            readyFrameCount = end
        }

        /// Computes the last frames and applies what needs the whole recording. `[T, M]`
        public consuming func finish() -> Tensor<Float> {
            // Frames whose window begins in the padding are silent, and hold that value already.
            let half = WhisperAudio.windowLength / 2
            let hop = WhisperAudio.hopLength
            let audibleCount = samples.isEmpty ? 0 : (samples.count + half + hop - 1) / hop
            compute(through: min(audibleCount, spectrogram.frameCount))
            var values = logarithms.mutableSpan
            var loudest = Self.silence
            for index in values.indices { loudest = max(loudest, values[index]) }
            let floor = loudest - 8
            for index in values.indices { values[index] = (max(values[index], floor) + 4) / 4 }
            return logarithms
        }

        /// Frames that no further sample can change.
        private var completeFrameCount: Int {
            let half = WhisperAudio.windowLength / 2
            // The first frame reflects one sample more than it reaches forward.
            guard samples.count > half else { return 0 }
            return min((samples.count - half) / WhisperAudio.hopLength + 1, spectrogram.frameCount - 1)
        }

        private mutating func compute(through end: Int) {
            while readyFrameCount < end {
                let pairEnd = min(readyFrameCount + 2, end)
                // An odd one out is computed in both lanes.
                let frames = (readyFrameCount, pairEnd - 1)
                load(frame: frames.0, lane: 0)
                load(frame: frames.1, lane: 1)
                spectrogram.logarithms(of: frames, &work, &power, into: &logarithms)
                readyFrameCount = pairEnd
            }
        }

        /// Windows a frame into one lane of the transform's input.
        private mutating func load(frame: Int, lane: Int) {
            let start = frame * WhisperAudio.hopLength - WhisperAudio.windowLength / 2
            let last = spectrogram.maximumSampleCount - 1
            let isInside = start >= 0 && start + WhisperAudio.windowLength <= samples.count
            func value(_ offset: Int) -> Double {
                var index = start + offset
                if !isInside {
                    index = abs(index)
                    if index > last { index = 2 * last - index }
                    guard index < samples.count else { return 0 }
                }
                return Double(samples[index] * spectrogram.window[offset])
            }
            for index in 0..<WhisperAudio.windowLength / 2 {
                work[index].real[lane] = value(2 * index)
                work[index].imaginary[lane] = value(2 * index + 1)
            }
        }
    }

    /// Transforms two frames that lie in `work` and writes their rows of logarithms.
    func logarithms(
        of frames: (Int, Int), _ work: inout [RealFourierTransform.Complex],
        _ power: inout [RealFourierTransform.Lanes], into logarithms: inout Tensor<Float>
    ) {
        var work = work.mutableSpan
        var power = power.mutableSpan
        transform(&work, power: &power)
        var target = logarithms.mutableSpan
        for bin in 0..<melBinCount {
            let run = filters.runs[bin]
            var energy = RealFourierTransform.Lanes.zero
            for index in run.start..<filters.runs[bin + 1].start {
                energy += power[run.firstFrequency + index - run.start] * Double(filters.weights[index])
            }
            target[frames.0 * melBinCount + bin] = Float(ScalarMath.log10(max(energy[0], 1e-10)))
            target[frames.1 * melBinCount + bin] = Float(ScalarMath.log10(max(energy[1], 1e-10)))
        }
    }
}
