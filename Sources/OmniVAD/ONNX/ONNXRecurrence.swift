import OmniFormats
import OmniTensor

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
        // The elements in the other order, and tensors of them.
        try budget.take(byteCount: 8 * (count + gates * width + 2 * gates))
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
