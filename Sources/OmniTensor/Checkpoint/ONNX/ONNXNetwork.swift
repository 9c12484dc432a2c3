/// One network inside an ONNX file: the nodes that run for one sample rate, and what their operands are.
///
/// A Silero file holds two networks, one in each branch of an `If` on the sample rate. Branches further down only adapt
/// shapes to the batch; the first branch that computes anything stands for both.
package struct ONNXNetwork {
    /// The nodes in the order of the file, those of inner branches where their `If` is.
    package private(set) var nodes: [ONNXNodeProto] = []
    /// The tensors that the file stores, by name.
    package private(set) var stored: [String: ONNXTensorProto] = [:]
    /// The node that makes a value, by the value's name.
    package private(set) var makers: [String: ONNXNodeProto] = [:]

    /// The network of a graph that also sees what lies around it.
    package init(_ graph: ONNXGraphProto, inside outer: ONNXGraphProto? = nil) {
        if let outer { register(outer) }
        add(graph)
    }

    /// How many nodes do `operation`.
    package func count(of operation: String) -> Int { nodes.count { $0.opType == operation } }

    private mutating func register(_ graph: ONNXGraphProto) {
        for tensor in graph.initializer { stored[tensor.name] = tensor }
        for node in graph.node {
            for output in node.output { makers[output] = node }
            if node.opType == "Constant", let name = node.output.first, let value = node.attribute("value")?.tensor {
                stored[name] = value
            }
        }
    }

    private mutating func add(_ graph: ONNXGraphProto) {
        register(graph)
        for node in graph.node {
            nodes.append(node)
            guard node.opType == "If" else { continue }
            let branches = ["then_branch", "else_branch"].compactMap { node.attribute($0)?.graph }
            if let chosen = branches.first(where: \.computes) ?? branches.first { add(chosen) }
        }
    }
}

extension ONNXNodeProto {
    /// The attribute of that name.
    package func attribute(_ name: String) -> ONNXAttributeProto? { attribute.first { $0.name == name } }

    /// Operand `index`; `nil` when it is left out.
    package func operand(_ index: Int) -> String? {
        input.indices.contains(index) && !input[index].isEmpty ? input[index] : nil
    }
}

extension ONNXGraphProto {
    /// Whether there is a layer with weights in the graph or inside its branches.
    var computes: Bool {
        node.contains { node in
            ["Conv", "LSTM"].contains(node.opType) || node.attribute.contains { $0.graph?.computes ?? false }
        }
    }
}
