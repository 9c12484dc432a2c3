import OmniNN
import OmniTensor

/// What comes before the blocks: two convolutions with gelu, the second of which halves the frames, and the embedding
/// of positions.
struct EncoderStem: Sendable {
    private let first: Convolution1D  // [D, M, 3]
    private let second: Convolution1D  // [D, D, 3], stride 2
    /// `[T, D]`
    private let embedding: Tensor<Float>
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, names: WhisperNames, configuration: WhisperEncoder.Configuration,
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        func convolution(_ name: String, in input: Int, stride: Int) throws -> Convolution1D {
            try Convolution1D(
                weights.scope(name), in: input, out: configuration.width, kernelWidth: 3, stride: stride,
                engine: engine, precision: precision
            ) { weights in
                try (
                    weights.tensor("weight", [configuration.width, input, 3]),
                    weights.tensor("bias", [configuration.width])
                )
            }
        }
        first = try convolution("conv1", in: configuration.melBinCount, stride: 1)
        second = try convolution("conv2", in: configuration.width, stride: WhisperAudio.framesPerPosition)
        // After the convolutions, which have vouched for the width by now.
        embedding =
            try weights.tensorIfPresent(names.positions, [configuration.contextLength, configuration.width])
            ?? Self.sinusoids(length: configuration.contextLength, width: configuration.width)
        self.engine = engine
    }

    /// `mel` `[2T, M]` to `positions` `[T, D]`; `hidden` is working memory for `[2T + 2, D]`.
    ///
    /// Frames of silence before or after an utterance are alike. So are the rows that become of them, up to the
    /// embedding: one of them is computed.
    func callAsFunction(
        _ mel: Tensor<Float>, into positions: inout Tensor<Float>, hidden: inout Tensor<Float>,
        observe: WhisperEncoder.Observer? = nil
    ) {
        let frameCount = mel.shape[0]
        let (melWidth, width) = (first.inputChannelCount, first.outputChannelCount)
        // Each convolution looks one frame to either side.
        var padded = RowBuffer(width: melWidth)
        padded.reserve(rowCount: frameCount + 2)
        padded.appendZeros(1)
        padded.append(mel.span)
        padded.appendZeros(1)
        let frames = RepeatedRows(of: mel.span, width: melWidth).convolved(stride: first.stride)
        var memory = hidden.mutableSpan
        for column in 0..<width {
            memory[column] = 0
            memory[(frameCount + 1) * width + column] = 0
        }
        var inner = memory.part(width..<(frameCount + 1) * width)
        frames.fill(&inner, width: width) { convolve(first, padded.span, rows: $0, into: &$1) }
        observe?(.firstConvolution, inner.span)
        let between = hidden.span.extracting(first: (frameCount + 2) * width)
        var span = positions.mutableSpan
        frames.convolved(stride: second.stride).fill(&span, width: width) {
            convolve(second, between, rows: $0, into: &$1)
        }
        observe?(.secondConvolution, span.span)
        engine.add(embedding.span.extracting(first: span.count), to: &span)
        observe?(.stem, span.span)
    }

    /// Some rows of a convolution with gelu. `x` has a row of zeros on either side.
    private func convolve(
        _ convolution: Convolution1D, _ x: Span<Float>, rows: Range<Int>, into y: inout MutableSpan<Float>
    ) {
        let start = rows.lowerBound * convolution.stride
        let end = (rows.upperBound - 1) * convolution.stride + convolution.kernelWidth
        let width = convolution.inputChannelCount
        convolution(x.extracting(start * width..<end * width), into: &y)
        engine.activate(&y, .gelu)
    }

    /// The embedding of a checkpoint that stores none: sines, then cosines, of wavelengths from 2π to 10 000 · 2π.
    ///
    /// - Throws: `ModelConfigurationError` for an odd width.
    static func sinusoids(length: Int, width: Int) throws(ModelConfigurationError) -> Tensor<Float> {
        guard width % 2 == 0 else {
            throw .invalid(
                field: "n_audio_state", reason: "an odd width of \(width) cannot hold sines and cosines")
        }
        let half = width / 2
        let step = ScalarMath.log(10_000.0) / Double(max(half - 1, 1))
        var table = Tensor<Float>(zeros: [length, width])
        var span = table.mutableSpan
        for position in 0..<length {
            for i in 0..<half {
                let angle = Double(position) * ScalarMath.exp(-step * Double(i))
                span[position * width + i] = Float(ScalarMath.sin(angle))
                span[position * width + half + i] = Float(ScalarMath.cos(angle))
            }
        }
        return table
    }
}
