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
        if isDepthwise {
            let weight = try normalizedWeight([outputCount, 1, tapCount])
            let bias = try tensor("bias", [outputCount])
            return StreamedConvolution(
                centred: DepthwiseConvolution1D(weight: weight, bias: bias, dilation: dilation, engine: engine))
        }
        let convolution = try Convolution1D(
            self, in: inputCount, out: outputCount, kernelWidth: tapCount, dilation: dilation, engine: engine,
            precision: precision
        ) { weights in
            try (weights.normalizedWeight([outputCount, inputCount, tapCount]), weights.tensor("bias", [outputCount]))
        }
        return StreamedConvolution(convolution, padding: (tapCount - 1) * dilation / 2)
    }

    /// A convolution that shortens time by `rate`.
    func shorteningConvolution(
        in inputCount: Int, out outputCount: Int, rate: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws -> StreamedConvolution {
        let convolution = try Convolution1D(
            self, in: inputCount, out: outputCount, kernelWidth: 2 * rate, stride: rate, engine: engine,
            precision: precision
        ) { weights in
            try (weights.normalizedWeight([outputCount, inputCount, 2 * rate]), weights.tensor("bias", [outputCount]))
        }
        return StreamedConvolution(convolution, padding: (rate + 1) / 2)
    }

    /// A transposed convolution that stretches time by `rate`.
    func stretchingConvolution(
        in inputCount: Int, out outputCount: Int, rate: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws -> StreamedConvolution {
        let convolution = try TransposedConvolution1D(
            self, in: inputCount, out: outputCount, stride: rate, engine: engine, precision: precision
        ) { weights in
            try (weights.normalizedWeight([inputCount, outputCount, 2 * rate]), weights.tensor("bias", [outputCount]))
        }
        // PyTorch's output padding of `rate % 2` leaves exactly `rate` rows for each row in.
        return StreamedConvolution(convolution, padding: (rate + 1) / 2)
    }

    /// A convolution of one tap: a product.
    func pointwiseConvolution(
        in inputCount: Int, out outputCount: Int, bias hasBias: Bool = true, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws -> Linear {
        let wanted = WantedMatrix("weight", [outputCount, inputCount], bias: hasBias)
        return try Linear(self, wanted, engine: engine, precision: precision) { weights in
            let weight = try weights.normalizedWeight([outputCount, inputCount, 1])
            return (weight.reshaped(to: wanted.shape), hasBias ? try weights.tensor("bias", [outputCount]) : nil)
        }
    }
}
