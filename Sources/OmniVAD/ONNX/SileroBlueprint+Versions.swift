import OmniTensor

extension SileroBlueprint {
    /// Version 4: a spectrum, the smoothing of its loudness, four separable blocks, two recurrent layers, one output.
    init(
        version4 layers: ONNXLayerList, _ network: ONNXNetwork, sampleRate: Int, file: String
    ) throws(CheckpointError) {
        try layers.require(["Relu": 13, "Sqrt": 1, "Sigmoid": 1, "Log": 1], in: network)
        guard layers.convolutions.count > 3, let head = layers.convolutions.last, head.isPointwise, head.stride == 1
        else { throw layers.unknown("the last layer is not one output") }
        let (spectrum, smoothing) = (layers.convolutions[0], layers.convolutions[1])
        guard spectrum.isSpectrum else { throw layers.unknown("the first layer does not make a spectrum") }
        guard smoothing.isSpectrum, smoothing.stride == 1, smoothing.weight.shape[0] == 1 else {
            throw layers.unknown("the second layer does not smooth the loudness")
        }
        var tensors = layers.recurrentTensors
        tensors["basis"] = spectrum.weight
        tensors["smoothing"] = smoothing.weight
        tensors["head.weight"] = head.weight
        tensors["head.bias"] = head.bias
        var rest = layers.convolutions[2..<layers.convolutions.count - 1]
        var strides: [Int] = []
        while !rest.isEmpty {
            strides.append(try Self.takeBlock(&rest, index: strides.count, into: &tensors, layers))
        }
        guard strides.count == 4 else { throw layers.unknown("\(strides.count) blocks where Silero has 4") }
        self.init(
            version: .v4, sampleRate: sampleRate, hopSampleCount: spectrum.stride, strides: strides,
            logarithmScale: try Self.logarithmScale(network, layers),
            weights: WeightScope(InMemoryTensors(tensors, name: file)))
    }

    /// Depthwise, pointwise, perhaps a projection of the block's own input, transition. Returns the transition's
    /// stride.
    private static func takeBlock(
        _ rest: inout ArraySlice<ONNXConvolution>, index: Int, into tensors: inout [String: Tensor<Float>],
        _ layers: ONNXLayerList
    ) throws(CheckpointError) -> Int {
        var parts: [(String, ONNXConvolution)] = []
        if let depthwise = rest.popFirst(), depthwise.isDepthwise {
            parts.append(("depthwise", depthwise))
            if let pointwise = rest.popFirst() { parts.append(("pointwise", pointwise)) }
            if let next = rest.first, next.input == depthwise.input {
                rest.removeFirst()
                parts.append(("projection", next))
            }
            if let transition = rest.popFirst() { parts.append(("transition", transition)) }
        }
        guard parts.count > 2, let last = parts.last, last.0 == "transition",
            parts.dropFirst().allSatisfy({ $1.isPointwise }), parts.dropLast().allSatisfy({ $1.stride == 1 })
        else { throw layers.unknown("block \(index) of the encoder has other layers than Silero's") }
        for (name, layer) in parts {
            tensors["blocks.\(index).\(name).weight"] = layer.weight
            tensors["blocks.\(index).\(name).bias"] = layer.bias
        }
        return last.1.stride
    }

    /// The factor `s` of `log(1 + s · magnitude)`, back from the logarithm.
    private static func logarithmScale(
        _ network: ONNXNetwork, _ layers: ONNXLayerList
    ) throws(CheckpointError) -> Float {
        let sum = network.nodes.first { $0.opType == "Log" }?.operand(0).flatMap { network.makers[$0] }
        if let sum, sum.opType == "Add", sum.input.count == 2, sum.input.contains(where: { network.scalar($0) == 1 }) {
            for product in sum.input.compactMap({ network.makers[$0] })
            where product.opType == "Mul" && product.input.count == 2 {
                if let scale = product.input.compactMap({ network.scalar($0) }).first { return scale }
            }
        }
        throw layers.unknown("the logarithm is not that of 1 + s · magnitude")
    }
}

extension SileroBlueprint {
    /// Versions 5 and 6: a spectrum, four convolutions of three frames, one recurrent layer, one output.
    init(
        version5 layers: ONNXLayerList, _ network: ONNXNetwork, sampleRate: Int, file: String
    ) throws(CheckpointError) {
        try layers.require(["Conv": 6, "Relu": 5, "Sqrt": 1, "Sigmoid": 1, "Log": 0], in: network)
        let convolutions = layers.convolutions
        let (spectrum, encoder, head) = (convolutions[0], convolutions[1..<5], convolutions[5])
        guard spectrum.isSpectrum else { throw layers.unknown("the first layer does not make a spectrum") }
        guard encoder.allSatisfy({ $0.groupCount == 1 && $0.weight.shape[2] == 3 && $0.isCentred && $0.bias != nil })
        else { throw layers.unknown("a convolution does not look at three frames") }
        guard head.isPointwise, head.stride == 1 else { throw layers.unknown("the last layer is not one output") }
        var tensors = layers.recurrentTensors
        tensors["basis"] = spectrum.weight
        for (index, layer) in encoder.enumerated() {
            tensors["encoder.\(index).weight"] = layer.weight
            tensors["encoder.\(index).bias"] = layer.bias
        }
        tensors["head.weight"] = head.weight
        tensors["head.bias"] = head.bias
        self.init(
            version: .v5, sampleRate: Self.sampleRate(ofFilter: spectrum.weight.shape[2]) ?? sampleRate,
            hopSampleCount: spectrum.stride, strides: encoder.map(\.stride),
            weights: WeightScope(InMemoryTensors(tensors, name: file)))
    }

    /// Version 5 has filters of 16 milliseconds.
    static func sampleRate(ofFilter length: Int) -> Int? { [128: 8000, 256: 16_000][length] }
}
