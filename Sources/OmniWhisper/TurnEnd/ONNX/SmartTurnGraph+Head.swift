import OmniTensor

/// The layers of a graph, taken one after the other.
struct LayerSequence {
    private let graph: SmartTurnGraph
    private var layers: ArraySlice<SmartTurnLayer>

    init(_ layers: [SmartTurnLayer], of graph: SmartTurnGraph) {
        self.graph = graph
        self.layers = layers[...]
    }

    /// Whether the layers that are left are those behind the encoder.
    var isAtHead: Bool { layers.count <= 6 }

    mutating func convolution() throws(CheckpointError) -> SmartTurnLayer.Affine {
        guard case .convolution(let layer) = layers.popFirst() else { throw graph.unknown("a convolution is missing") }
        return layer
    }

    mutating func linear() throws(CheckpointError) -> SmartTurnLayer.Affine {
        guard case .linear(let layer) = layers.popFirst() else { throw graph.unknown("a linear layer is missing") }
        return layer
    }

    mutating func norm() throws(CheckpointError) -> SmartTurnLayer.Affine {
        guard case .norm(let layer) = layers.popFirst() else { throw graph.unknown("a norm is missing") }
        return layer
    }

    /// Pooling and classifier.
    struct Head {
        let layers: [(name: String, layer: SmartTurnLayer.Affine)]
        let poolingWidth: Int
        let classifierWidths: (first: Int, second: Int)
    }

    /// The layers behind the encoder, which makes `positions`.
    mutating func head(reading positions: String) throws(CheckpointError) -> Head {
        let (hidden, score) = (try linear(), try linear())
        guard hidden.input == positions, let tanh = graph.maker(of: score.input, "Tanh"),
            graph.operand(0, of: tanh) == hidden.output
        else { throw graph.unknown("the pooling has another perceptron") }
        let first = try linear()
        guard isPooled(first.input, positions, by: score.output) else {
            throw graph.unknown("positions are pooled otherwise")
        }
        let norm = try norm()
        let (second, last) = (try linear(), try linear())
        guard layers.isEmpty, norm.input == first.output, graph.isGelu(second.input, of: norm.output),
            graph.isGelu(last.input, of: second.output), last.weight.shape[0] == 1,
            graph.onlyReader(of: last.output)?.node.opType == "Sigmoid"
        else { throw graph.unknown("the classifier has other layers") }
        return Head(
            layers: [
                ("pool_attention.0", hidden), ("pool_attention.2", score), ("classifier.0", first),
                ("classifier.1", norm), ("classifier.4", second), ("classifier.6", last),
            ],
            poolingWidth: hidden.weight.shape[0],
            classifierWidths: (first.weight.shape[0], second.weight.shape[0]))
    }

    /// Whether `name` is the sum of all positions times the softmax of their scores.
    private func isPooled(_ name: String, _ positions: String, by scores: String) -> Bool {
        guard let sum = graph.maker(of: name, "ReduceSum"), sum.attribute("keepdims")?.integer ?? 1 == 0,
            let product = sum.operand(0).flatMap({ graph.maker(of: $0, "Mul") }),
            let a = graph.operand(0, of: product), let b = graph.operand(1, of: product),
            a == positions || b == positions, let softmax = graph.maker(of: a == positions ? b : a, "Softmax")
        else { return false }
        return [1, -2].contains(softmax.attribute("axis")?.integer ?? -1) && graph.operand(0, of: softmax) == scores
    }
}
