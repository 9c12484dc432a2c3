package import OmniFormats

/// A convolution of an ONNX network with its weights.
package struct ONNXConvolution {
    package let input: String
    package let weight: Tensor<Float>  // [out, in / group, K]
    package let bias: Tensor<Float>?  // [out]
    package let stride: Int
    package let padding: [Int64]
    package let groupCount: Int64

    /// `nil` when the node is no one-dimensional convolution with stored weights, or is dilated.
    package init?(
        _ node: ONNXNodeProto, in network: ONNXNetwork, _ budget: inout ReadingBudget
    ) throws(ReadingBudget.Exhausted) {
        guard node.opType == "Conv", let input = node.operand(0), let weightName = node.operand(1),
            let weight = try network.constant(weightName, &budget), weight.shape.rank == 3,
            weight.shape.elementCount > 0
        else { return nil }
        let strides = node.attribute("strides")?.integers ?? [1]
        guard node.attribute("dilations")?.integers ?? [1] == [1], strides.count == 1, (1...4096).contains(strides[0]),
            ["", "NOTSET"].contains(node.attribute("auto_pad").map { String(decoding: $0.text, as: UTF8.self) } ?? "")
        else { return nil }
        if let name = node.operand(2) {
            guard let bias = try network.constant(name, &budget), bias.shape == [weight.shape[0]] else { return nil }
            self.bias = bias
        } else {
            bias = nil
        }
        self.input = input
        self.weight = weight
        stride = Int(strides[0])
        padding = node.attribute("pads")?.integers ?? [0, 0]
        groupCount = node.attribute("group")?.integer ?? 1
    }
}
