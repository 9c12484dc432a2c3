package import OmniFormats

extension ONNXNetwork {
    /// Operands of operands, of which an exporter makes a few.
    private static var foldingDepth: Int { 32 }
    /// Steps that looking at a node takes, beside one for each element of it.
    private static var stepCountOfNode: Int { 64 }

    /// The value of an operand that depends on nothing but stored tensors, by way of the few operations with which an
    /// exporter rearranges weights (the gates of an LSTM, for instance) or makes floats of quantised ones. Extents of
    /// one that are added or removed on the way are not tracked. `nil` when it is not such a value.
    ///
    /// - Parameter budget: a few nodes can describe a tensor that doubles with each of them.
    package func constant(
        _ name: String, _ budget: inout ReadingBudget
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        try fold(name, &budget, depth: 0)
    }

    /// A single number, stored as it is or handed on.
    package func scalar(_ name: String) -> Float? {
        var name = name
        for _ in 0..<8 {
            if let tensor = stored[name] { return tensor.scalar }
            guard let node = makers[name], ["Identity", "Unsqueeze", "Squeeze"].contains(node.opType),
                let operand = node.operand(0)
            else { return nil }
            name = operand
        }
        return nil
    }

    /// A single integer, stored as it is.
    package func integer(_ name: String) -> Int64? { stored[name]?.integer }

    private func fold(
        _ name: String, _ budget: inout ReadingBudget, depth: Int
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard depth < Self.foldingDepth else { return nil }
        try budget.take(stepCount: Self.stepCountOfNode)
        if let tensor = stored[name] {
            try budget.take(stepCount: tensor.rawData.count / 4 + tensor.floatData.count)
            return tensor.floats
        }
        guard let node = makers[name] else { return nil }
        switch node.opType {
        case "Identity", "Unsqueeze", "Squeeze":
            guard let operand = node.operand(0) else { return nil }
            return try fold(operand, &budget, depth: depth + 1)
        case "Slice": return try slice(node, &budget, depth: depth)
        case "Concat": return try concatenate(node, &budget, depth: depth)
        case "DequantizeLinear": return try dequantize(node, &budget)
        case "Transpose": return try transpose(node, &budget, depth: depth)
        default: return nil
        }
    }

    /// A matrix with its dimensions exchanged.
    private func transpose(
        _ node: ONNXNodeProto, _ budget: inout ReadingBudget, depth: Int
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard let operand = node.operand(0), node.attribute("perm")?.integers ?? [1, 0] == [1, 0],
            let matrix = try fold(operand, &budget, depth: depth + 1), matrix.shape.rank == 2
        else { return nil }
        try budget.take(stepCount: matrix.shape.elementCount)
        try budget.take(byteCount: 4 * matrix.shape.elementCount)
        return matrix.transposed()
    }

    private func slice(
        _ node: ONNXNodeProto, _ budget: inout ReadingBudget, depth: Int
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard let operand = node.operand(0), let data = try fold(operand, &budget, depth: depth + 1),
            data.shape.rank > 0, let start = node.operand(1).flatMap(integer),
            let end = node.operand(2).flatMap(integer), node.operand(3).flatMap(integer) ?? 0 == 0,
            node.operand(4).flatMap(integer) ?? 1 == 1
        else { return nil }
        let rowCount = data.shape[0]
        // Negative positions count from the end; those beyond it mean the end.
        func position(_ value: Int64) -> Int {
            let place = value < 0 ? value.addingReportingOverflow(Int64(rowCount)).partialValue : value
            return Int(max(0, min(Int64(rowCount), place)))
        }
        let (first, last) = (position(start), position(end))
        return first <= last ? data.rows(first..<last) : nil
    }

    private func concatenate(
        _ node: ONNXNodeProto, _ budget: inout ReadingBudget, depth: Int
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard let axis = node.attribute("axis"), axis.integer == 0 else { return nil }
        var elements: [Float] = []
        var rowCount = 0
        var rowShape: [Int]?
        for name in node.input {
            guard let part = try fold(name, &budget, depth: depth + 1), part.shape.rank > 0 else { return nil }
            let extents = Array(part.shape.dimensions.dropFirst())
            guard rowShape ?? extents == extents else { return nil }
            rowShape = extents
            rowCount += part.shape[0]
            try budget.take(stepCount: part.shape.elementCount)
            try budget.take(byteCount: 4 * part.shape.elementCount)
            elements += part.scalars
        }
        guard let rowShape, let shape = Shape(validating: [rowCount] + rowShape), shape.elementCount == elements.count
        else { return nil }
        return Tensor(elements, shape: shape)
    }
}
