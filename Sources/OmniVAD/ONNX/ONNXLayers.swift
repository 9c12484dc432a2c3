import OmniFormats
import OmniTensor

/// A convolution of an ONNX network with its weights.
struct ONNXConvolution {
    let input: String
    let weight: Tensor<Float>  // [out, in / group, K]
    let bias: Tensor<Float>?  // [out]
    let stride: Int
    let padding: [Int64]
    let groupCount: Int64

    /// `nil` when the node is no one-dimensional convolution with stored weights, or is dilated.
    init?(
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

    /// Whether the convolution never mixes channels and keeps the number of frames.
    var isDepthwise: Bool {
        weight.shape[1] == 1 && groupCount == weight.shape[0] && stride == 1 && isCentred && bias != nil
    }
    /// Whether the convolution looks at one frame at a time.
    var isPointwise: Bool { groupCount == 1 && weight.shape[2] == 1 && padding == [0, 0] && bias != nil }
    /// Whether half a kernel of zeros lies on either side.
    var isCentred: Bool {
        let half = Int64(weight.shape[2] / 2)
        return weight.shape[2] % 2 == 1 && padding == [half, half]
    }
    /// Whether this makes the spectrum.
    var isSpectrum: Bool { groupCount == 1 && weight.shape[1] == 1 && padding == [0, 0] && bias == nil }
}

/// A recurrent layer of an ONNX network with its weights, brought into PyTorch's order.
struct ONNXRecurrence {
    let tensors: [String: Tensor<Float>]

    /// `nil` when the node is not a plain forward LSTM with stored weights.
    init?(
        _ node: ONNXNodeProto, in network: ONNXNetwork, _ budget: inout ReadingBudget
    ) throws(ReadingBudget.Exhausted) {
        guard node.opType == "LSTM", let hidden = node.attribute("hidden_size")?.integer, (1...4096).contains(hidden),
            ["forward"].contains(
                node.attribute("direction").map { String(decoding: $0.text, as: UTF8.self) } ?? "forward"),
            node.attribute("layout")?.integer ?? 0 == 0, node.attribute("input_forget")?.integer ?? 0 == 0,
            node.attribute("activations") == nil, node.attribute("clip") == nil, node.operand(7) == nil,
            let wName = node.operand(1), let w = try network.constant(wName, &budget),
            let rName = node.operand(2), let r = try network.constant(rName, &budget),
            let bName = node.operand(3), let b = try network.constant(bName, &budget)
        else { return nil }
        let width = Int(hidden)
        let (gates, count) = (4 * width, w.shape.elementCount)
        guard count > 0, count % gates == 0, r.shape.elementCount == gates * width, b.shape.elementCount == 2 * gates
        else { return nil }
        let biases = b.reshaped(to: [2, gates])
        tensors = [
            "weight_ih": Self.reordered(w.reshaped(to: [gates, count / gates])),
            "weight_hh": Self.reordered(r.reshaped(to: [gates, width])),
            "bias_ih": Self.reordered(biases.rows(0..<1).reshaped(to: [gates])),
            "bias_hh": Self.reordered(biases.rows(1..<2).reshaped(to: [gates])),
        ]
    }

    /// ONNX has the gates in the order i, o, f, c; PyTorch in i, f, c, o.
    private static func reordered(_ tensor: Tensor<Float>) -> Tensor<Float> {
        let rowCount = tensor.shape[0] / 4
        let elements = [0, 2, 3, 1].flatMap { tensor.rows($0 * rowCount..<($0 + 1) * rowCount).scalars }
        return Tensor(elements, shape: tensor.shape)
    }
}
