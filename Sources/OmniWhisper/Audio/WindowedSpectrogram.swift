import OmniTensor

/// The spectrogram of audio of any length, a window at a time, equal to the same frames of the spectrogram of the whole
/// followed by 30 s of silence, as openai-whisper computes it.
///
/// The floor of the values follows the loudest of the whole, so that making one reads the audio once. Frames of up to
/// ten minutes are kept from then; those of longer audio are computed again for each window, and memory stays bounded.
struct WindowedSpectrogram {
    /// Frames of the audio, 10 ms each; a started one at the end does not count.
    let frameCount: Int
    private let spectrogram: LogMelSpectrogram
    private let reader: SampleReader
    private var floor: Float = 0
    /// Logarithms of all frames `[frameCount, M]`, when there are few.
    private var kept: Tensor<Float>?

    private static let keptFrameLimit = 60_000

    init(_ spectrogram: LogMelSpectrogram, _ reader: SampleReader) throws {
        self.spectrogram = spectrogram
        self.reader = reader
        frameCount = reader.sampleCount / WhisperAudio.hopLength
        let width = spectrogram.melBinCount
        let keepsFrames = frameCount <= Self.keptFrameLimit
        var all = Tensor<Float>(zeros: [keepsFrames ? frameCount : 0, width])
        var loudest = Self.silence
        // The windows of the frames behind the last one reach into the audio as well.
        let end =
            (reader.sampleCount + WhisperAudio.windowLength / 2 + WhisperAudio.hopLength - 1) / WhisperAudio.hopLength
        for start in stride(from: 0, to: end, by: spectrogram.frameCount) {
            let range = start..<min(start + spectrogram.frameCount, end)
            let frames = try logarithms(range)
            for value in frames.scalars { loudest = max(loudest, value) }
            guard keepsFrames, start < frameCount else { continue }
            let source = frames.span
            var target = all.mutableSpan
            for i in 0..<(min(range.upperBound, frameCount) - start) * width { target[start * width + i] = source[i] }
        }
        floor = loudest - 8
        kept = keepsFrames ? all : nil
    }

    /// The logarithm of the smallest energy that counts; what silence has everywhere.
    private static let silence: Float = -10

    /// Frames of a range, `[2 · context, M]`: behind the range zeros, or the silence that follows the audio.
    ///
    /// - Parameters:
    ///   - range: frames of the audio, at most a window.
    ///   - isFollowedBySilence: what is behind the range: values of silence rather than zeros.
    func window(_ range: Range<Int>, isFollowedBySilence: Bool = false) throws -> Tensor<Float> {
        let width = spectrogram.melBinCount
        let fill = isFollowedBySilence ? Self.scaled(Self.silence, floor) : 0
        var window = Tensor<Float>(repeating: fill, shape: [spectrogram.frameCount, width])
        guard !range.isEmpty else { return window }
        let frames = try kept?.rows(range) ?? logarithms(range)
        let source = frames.span
        var target = window.mutableSpan
        for i in source.indices { target[i] = Self.scaled(source[i], floor) }
        return window
    }

    private static func scaled(_ value: Float, _ floor: Float) -> Float { (max(value, floor) + 4) / 4 }

    /// Logarithms of mel energies `[n, M]`, before floor and scale. The audio is reflected at its start.
    private func logarithms(_ range: Range<Int>) throws -> Tensor<Float> {
        let (hop, half) = (WhisperAudio.hopLength, WhisperAudio.windowLength / 2)
        let start = max(0, range.lowerBound * hop - half)
        // Reflected samples of the first frames lie further in.
        let end = min(reader.sampleCount, max(range.upperBound * hop + half, half + 1))
        let samples = start < end ? try reader.samples(start..<end) : []
        var result = Tensor<Float>(zeros: [range.count, spectrogram.melBinCount])
        var work = Array(repeating: RealFourierTransform.Complex.zero, count: spectrogram.transform.workCount)
        var power = Array(repeating: RealFourierTransform.Lanes.zero, count: spectrogram.transform.frequencyCount)
        func load(_ frame: Int, lane: Int) {
            let first = (range.lowerBound + frame) * hop - half
            for offset in 0..<WhisperAudio.windowLength {
                let index = abs(first + offset) - start
                let sample = samples.indices.contains(index) ? samples[index] : 0
                let value = Double(sample * spectrogram.window[offset])
                if offset % 2 == 0 {
                    work[offset / 2].real[lane] = value
                } else {
                    work[offset / 2].imaginary[lane] = value
                }
            }
        }
        for frame in stride(from: 0, to: range.count, by: 2) {
            // An odd one out is computed in both lanes.
            let other = min(frame + 1, range.count - 1)
            load(frame, lane: 0)
            load(other, lane: 1)
            spectrogram.logarithms(of: (frame, other), &work, &power, into: &result)
        }
        return result
    }
}
