import OmniTensor

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
