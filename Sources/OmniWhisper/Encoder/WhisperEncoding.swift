public import OmniCore
import OmniNN
public import OmniTensor

/// An utterance in the encoding, block by block: 12 parts of 30 to 70 ms in the published model on two cores, so that
/// others who share the engine need not wait for the whole.
public struct WhisperEncoding: SpeechEncoding {
    private let encoder: WhisperEncoder
    private let mel: Tensor<Float>
    private let rowCount: Int
    private var positions: Tensor<Float>
    private var scratch: EncoderScratch
    private var blockCount = 0

    /// - Parameters:
    ///   - mel: `[2 · contextLength, M]`.
    ///   - rowCount: rows to keep, from the first.
    init(_ encoder: WhisperEncoder, of mel: Tensor<Float>, keeping rowCount: Int) {
        let positionCount = encoder.positionCount(forRowCount: rowCount)
        self.encoder = encoder
        self.mel = mel.rows(0..<positionCount * WhisperAudio.framesPerPosition)
        self.rowCount = rowCount
        positions = Tensor(zeros: [positionCount, encoder.configuration.width])
        scratch = EncoderScratch(encoder.configuration, positionCount: positionCount)
    }

    /// Computes the next block.
    ///
    /// - Returns: `[rows, D]` after the last; `nil` before. Not to be called again then.
    public mutating func advance() -> Tensor<Float>? { advance(observe: nil) }

    mutating func advance(observe: WhisperEncoder.Observer?) -> Tensor<Float>? {
        let (blocks, shape) = (encoder.blocks, encoder.configuration)
        if blockCount == 0 { encoder.stem(mel, into: &positions, observe: observe) }
        if blockCount < blocks.count {
            let isLast = blockCount == blocks.count - 1
            blocks[blockCount](&positions, keeping: isLast ? rowCount : positions.shape[0], scratch: &scratch)
            observe?(.block(blockCount), positions.span)
            blockCount += 1
        }
        guard blockCount == blocks.count else { return nil }
        var features = Tensor<Float>(zeros: [rowCount, shape.width])
        var span = features.mutableSpan
        encoder.finalNorm(positions.span.extracting(first: rowCount * shape.width), into: &span)
        return features
    }
}
