import OmniNN
import OmniTensor

// Every convolution of the codec is weight-normalised; these read one from its scope.
extension WeightScope {
    /// A centred convolution of seven taps, of one channel each when `isDepthwise`.
    func centredConvolution(
        in inputCount: Int, out outputCount: Int, dilation: Int = 1, isDepthwise: Bool, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws -> StreamedConvolution {
        let tapCount = 7
        let weight = try normalizedWeight([outputCount, isDepthwise ? 1 : inputCount, tapCount])
        let bias = try tensor("bias", [outputCount])
        if isDepthwise {
            return StreamedConvolution(
                centred: DepthwiseConvolution1D(weight: weight, bias: bias, dilation: dilation, engine: engine))
        }
        let convolution = try Convolution1D(
            weight: weight, bias: bias, dilation: dilation, engine: engine, precision: precision)
        return StreamedConvolution(convolution, padding: (tapCount - 1) * dilation / 2)
    }

    /// A convolution that shortens time by `rate`.
    func shorteningConvolution(
        in inputCount: Int, out outputCount: Int, rate: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws -> StreamedConvolution {
        let convolution = try Convolution1D(
            weight: normalizedWeight([outputCount, inputCount, 2 * rate]), bias: tensor("bias", [outputCount]),
            stride: rate, engine: engine, precision: precision)
        return StreamedConvolution(convolution, padding: (rate + 1) / 2)
    }

    /// A transposed convolution that stretches time by `rate`.
    func stretchingConvolution(
        in inputCount: Int, out outputCount: Int, rate: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws -> StreamedConvolution {
        let convolution = try TransposedConvolution1D(
            weight: normalizedWeight([inputCount, outputCount, 2 * rate]), bias: tensor("bias", [outputCount]),
            engine: engine, precision: precision)
        // PyTorch's output padding of `rate % 2` leaves exactly `rate` rows for each row in.
        return StreamedConvolution(convolution, padding: (rate + 1) / 2)
    }

    /// A convolution of one tap: a product.
    func pointwiseConvolution(
        in inputCount: Int, out outputCount: Int, bias hasBias: Bool = true, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws -> Linear {
        try Linear(
            weight: normalizedWeight([outputCount, inputCount, 1]).reshaped(to: [outputCount, inputCount]),
            bias: hasBias ? tensor("bias", [outputCount]) : nil, engine: engine, precision: precision)
    }
}
