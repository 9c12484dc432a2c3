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
        return encoding.features(observe: observe)
    }

    /// Encodes a spectrogram in working memory that calls of the same length leave to each other.
    func encode(_ mel: Tensor<Float>, keeping rowCount: Int, in memory: KeptScratch) -> Tensor<Float> {
        var encoding = WhisperEncoding(self, of: mel, keeping: rowCount, scratch: memory.take())
        defer { memory.keep(encoding.scratch) }
        return encoding.features(observe: nil)
    }
}

extension WhisperEncoder {
    /// One utterance while it is spoken: its spectrogram grows with it, and only the network is left for the end.
    public struct Stream: SpeechEncoderStream {
        private let encoder: WhisperEncoder
        private var spectrogram: LogMelSpectrogram.Stream

        init(_ encoder: WhisperEncoder) {
            self.encoder = encoder
            spectrogram = encoder.spectrogram.makeStream()
        }

        /// Takes the next samples at 16 kHz. What lies beyond ``WhisperEncoder/maximumSampleCount`` is counted and
        /// dropped.
        ///
        /// - Throws: `AudioInputError.notFinite`, and takes nothing then.
        public mutating func push(_ samples: Span<Float>) throws(AudioInputError) { try spectrogram.push(samples) }

        /// Encodes the utterance.
        ///
        /// - Returns: the same rows as ``WhisperEncoder/encode(_:)`` for the whole, bit for bit.
        public consuming func finish() -> Tensor<Float> {
            let rowCount = encoder.featureCount(forSampleCount: spectrogram.sampleCount)
            return encoder.encode(spectrogram.finish(), keeping: rowCount)
        }

        /// Encodes the utterance block by block.
        public consuming func makeEncoding() -> WhisperEncoding {
            let rowCount = encoder.featureCount(forSampleCount: spectrogram.sampleCount)
            return WhisperEncoding(encoder, of: spectrogram.finish(), keeping: rowCount)
        }
    }

    /// A stream that computes the spectrogram while audio arrives.
    public func makeStream() -> Stream { Stream(self) }
}

/// An utterance in the encoding, block by block: 12 parts of 30 to 70 ms in the published model on two cores, so that
/// others who share the engine need not wait for the whole.
public struct WhisperEncoding: SpeechEncoding {
    private let encoder: WhisperEncoder
    private let mel: Tensor<Float>
    private let rowCount: Int
    private(set) var scratch: EncoderScratch
    private var blockCount = 0

    /// - Parameters:
    ///   - mel: `[2 · contextLength, M]`.
    ///   - rowCount: rows to keep, from the first.
    ///   - scratch: working memory of an earlier call.
    init(
        _ encoder: WhisperEncoder, of mel: Tensor<Float>, keeping rowCount: Int, scratch: EncoderScratch? = nil
    ) {
        let positionCount = encoder.positionCount(forRowCount: rowCount)
        self.encoder = encoder
        self.mel = mel.rows(0..<positionCount * WhisperAudio.framesPerPosition)
        self.rowCount = rowCount
        if let scratch, scratch.positionCount == positionCount {
            self.scratch = scratch
        } else {
            self.scratch = EncoderScratch(encoder.configuration, positionCount: positionCount)
        }
    }

    /// Computes the next block.
    ///
    /// - Returns: `[rows, D]` after the last; `nil` before. Not to be called again then.
    public mutating func advance() -> Tensor<Float>? { advance(observe: nil) }

    /// Computes all blocks.
    mutating func features(observe: WhisperEncoder.Observer?) -> Tensor<Float> {
        while true {
            if let features = advance(observe: observe) { return features }
        }
    }

    mutating func advance(observe: WhisperEncoder.Observer?) -> Tensor<Float>? {
        let (blocks, shape) = (encoder.blocks, encoder.configuration)
        if blockCount == 0 {
            encoder.stem(mel, into: &scratch.positions, hidden: &scratch.hidden, observe: observe)
        }
        if blockCount < blocks.count {
            let isLast = blockCount == blocks.count - 1
            blocks[blockCount](keeping: isLast ? rowCount : scratch.positionCount, &scratch)
            observe?(.block(blockCount), scratch.positions.span)
            blockCount += 1
        }
        guard blockCount == blocks.count else { return nil }
        var features = Tensor<Float>(zeros: [rowCount, shape.width])
        var span = features.mutableSpan
        encoder.finalNorm(scratch.positions.span.extracting(first: rowCount * shape.width), into: &span)
        return features
    }
}
