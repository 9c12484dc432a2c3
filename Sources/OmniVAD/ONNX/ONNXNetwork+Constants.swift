import OmniTensor

/// How much work may go into one operand: a few nodes can describe a tensor that doubles with each of them.
private struct FoldingBudget {
    var nodeCount = 4096
    var elementCount = 2 << 20
    /// Operands of operands, of which an exporter makes a few.
    var depth = 0
    static let depthLimit = 32
}

extension ONNXNetwork {
    /// The value of an operand that depends on nothing but stored tensors, by way of the few operations with which an
    /// exporter rearranges weights (the gates of an LSTM, for instance). Extents of one that are added or removed on the
    /// way are not tracked. `nil` when it is not such a value.
    func constant(_ name: String) -> Tensor<Float>? {
        var budget = FoldingBudget()
        return fold(name, &budget)
    }

    /// A single number.
    func scalar(_ name: String) -> Float? {
        var budget = FoldingBudget(nodeCount: 64, elementCount: 64)
        guard let tensor = fold(name, &budget), tensor.shape.elementCount == 1 else { return nil }
        return tensor.span[0]
    }

    /// A single integer, stored as it is.
    func integer(_ name: String) -> Int64? { stored[name]?.integer }

    private func fold(_ name: String, _ budget: inout FoldingBudget) -> Tensor<Float>? {
        budget.nodeCount -= 1
        budget.depth += 1
        defer { budget.depth -= 1 }
        guard budget.nodeCount > 0, budget.depth <= FoldingBudget.depthLimit else { return nil }
        if let tensor = stored[name] {
            budget.elementCount -= tensor.rawData.count / 4 + tensor.floatData.count
            return budget.elementCount > 0 ? tensor.floats : nil
        }
        guard let node = makers[name] else { return nil }
        switch node.opType {
        case "Identity", "Unsqueeze", "Squeeze": return node.operand(0).flatMap { fold($0, &budget) }
        case "Slice": return slice(node, &budget)
        case "Concat": return concatenate(node, &budget)
        default: return nil
        }
    }

    private func slice(_ node: ONNXNodeProto, _ budget: inout FoldingBudget) -> Tensor<Float>? {
        guard let data = node.operand(0).flatMap({ fold($0, &budget) }), data.shape.rank > 0,
            let start = node.operand(1).flatMap(integer), let end = node.operand(2).flatMap(integer),
            node.operand(3).flatMap(integer) ?? 0 == 0, node.operand(4).flatMap(integer) ?? 1 == 1
        else { return nil }
        let rowCount = data.shape[0]
        // Negative positions count from the end; those beyond it mean the end.
        func position(_ value: Int64) -> Int {
            Int(
                max(
                    0,
                    min(
                        Int64(rowCount), value < 0 ? value.addingReportingOverflow(Int64(rowCount)).partialValue : value
                    )))
        }
        let (first, last) = (position(start), position(end))
        return first <= last ? data.rows(first..<last) : nil
    }

    private func concatenate(_ node: ONNXNodeProto, _ budget: inout FoldingBudget) -> Tensor<Float>? {
        guard let axis = node.attribute("axis"), axis.integer == 0 else { return nil }
        var elements: [Float] = []
        var rowCount = 0
        var rowShape: [Int]?
        for name in node.input {
            guard let part = fold(name, &budget), part.shape.rank > 0 else { return nil }
            let extents = Array(part.shape.dimensions.dropFirst())
            guard rowShape ?? extents == extents else { return nil }
            rowShape = extents
            rowCount += part.shape[0]
            budget.elementCount -= part.shape.elementCount
            guard budget.elementCount > 0 else { return nil }
            elements += part.scalars
        }
        guard let rowShape, let shape = Shape(validating: [rowCount] + rowShape), shape.elementCount == elements.count
        else { return nil }
        return Tensor(elements, shape: shape)
    }
}
