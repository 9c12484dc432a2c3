public import OmniCore
import OmniNN
public import OmniTensor

extension WhisperEncoder {
    /// Encodes an utterance at 16 kHz: pads or cuts it to ``maximumSampleCount``, and keeps the rows that it touches.
    ///
    /// An utterance without samples gives the one row that the reference's arithmetic gives it, computed from silence.
    ///
    /// - Returns: `[featureCount(forSampleCount:), D]`.
    /// - Throws: `AudioInputError.wrongSampleRate`, `AudioInputError.notFinite`.
    public func encode(_ utterance: AudioChunk) throws(AudioInputError) -> Tensor<Float> {
        try utterance.require(sampleRate: inputSampleRate)
        let mel = try spectrogram(utterance.samples.span)
        return encode(mel, keeping: featureCount(forSampleCount: utterance.samples.count))
    }

    /// Encodes a spectrogram, such as a ``LogMelSpectrogram/Stream`` has finished.
    ///
    /// Every row depends on the whole spectrogram, or with ``AudioContext/trimmed`` on a part of it; the last block
    /// computes only the rows that are kept.
    ///
    /// - Parameters:
    ///   - mel: `[2 · contextLength, M]`.
    ///   - rowCount: rows to keep, from the first; at most `contextLength`.
    /// - Returns: `[rowCount, D]`.
    public func encode(_ mel: Tensor<Float>, keeping rowCount: Int) -> Tensor<Float> {
        encode(mel, keeping: rowCount, observe: nil)
    }

    /// Rows of features that stand for an utterance: one more than it has whole steps of 20 ms, at most the context.
    ///
    /// Computed in the reference's own floating-point steps; the integer formula differs for some lengths.
    ///
    /// - Parameter sampleCount: samples at 16 kHz, of the whole utterance.
    public func featureCount(forSampleCount sampleCount: Int) -> Int {
        min(Self.referenceLength(forSampleCount: sampleCount), configuration.contextLength)
    }

    /// `int(duration_ms / 20) + 1`, as the reference has it.
    static func referenceLength(forSampleCount sampleCount: Int) -> Int {
        let milliseconds = Double(sampleCount) / Double(WhisperAudio.sampleRate) * 1000
        return Int(milliseconds / 20) + 1
    }

    // MARK: Stages, as tests see them

    enum Stage: Hashable {
        case firstConvolution, secondConvolution, stem
        case block(Int)
    }

    typealias Observer = (Stage, Span<Float>) -> Void

    func encode(_ mel: Tensor<Float>, keeping rowCount: Int, observe: Observer?) -> Tensor<Float> {
        precondition(
            mel.shape == [configuration.melFrameCount, configuration.melBinCount],
            "a spectrogram \(mel.shape) for \(configuration.melFrameCount) frames of \(configuration.melBinCount)")
        precondition(
            rowCount >= 0 && rowCount <= configuration.contextLength,
            "\(rowCount) rows of \(configuration.contextLength)")
        var encoding = WhisperEncoding(self, of: mel, keeping: rowCount)
        while true {
            if let features = encoding.advance(observe: observe) { return features }
        }
    }
}
