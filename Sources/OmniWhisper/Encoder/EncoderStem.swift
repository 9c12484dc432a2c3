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

    /// `mel` `[2T, M]` to `positions` `[T, D]`.
    func callAsFunction(
        _ mel: Tensor<Float>, into positions: inout Tensor<Float>, observe: WhisperEncoder.Observer? = nil
    ) {
        let frameCount = mel.shape[0]
        // Each convolution looks one frame to either side.
        var padded = RowBuffer(width: first.inputChannelCount, zeroRowCount: 1)
        padded.append(mel.span)
        padded.appendZeros(1)
        let width = first.outputChannelCount
        var hidden = Tensor<Float>(zeros: [frameCount + 2, width])
        var hiddenSpan = hidden.mutableSpan
        var inner = hiddenSpan.part(width..<(frameCount + 1) * width)
        first(padded.span, into: &inner)
        engine.activate(&inner, .gelu)
        observe?(.firstConvolution, inner.span)
        var span = positions.mutableSpan
        second(hiddenSpan.span, into: &span)
        engine.activate(&span, .gelu)
        observe?(.secondConvolution, span.span)
        engine.add(embedding.span.extracting(first: span.count), to: &span)
        observe?(.stem, span.span)
    }

    /// The embedding of a checkpoint that stores none: sines, then cosines, of wavelengths from 2π to 10 000 · 2π.
    ///
    /// - Throws: ``WhisperError/invalidConfiguration(field:reason:)`` for an odd width.
    static func sinusoids(length: Int, width: Int) throws(WhisperError) -> Tensor<Float> {
        guard width % 2 == 0 else {
            throw .invalidConfiguration(
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
