package import OmniFormats

extension ONNXNetwork {
    /// Operands of operands, of which an exporter makes a few.
    private static var foldingDepth: Int { 32 }
    /// Steps that looking at a node takes, beside one for each element of it.
    private static var stepCountOfNode: Int { 64 }
    /// Memory that a tensor takes beside its elements.
    private static var tensorByteCount: Int { 192 }

    /// The value of an operand that depends on nothing but stored tensors, by way of the few operations with which an
    /// exporter rearranges weights (the gates of an LSTM, for instance) or makes floats of quantised ones. Extents of
    /// one that are added or removed on the way are not tracked. `nil` when it is not such a value.
    ///
    /// - Parameter budget: a few nodes can describe a tensor that doubles with each of them, and many may name one. The
    ///   memory of the result is taken from it; a caller that lets the result go gives that back.
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
        try budget.take(stepCount: Self.stepCountOfNode + name.utf8.count)
        if let tensor = stored[name] {
            guard let elementCount = tensor.floatShape?.elementCount else { return nil }
            try budget.take(stepCount: elementCount)
            try budget.take(byteCount: 4 * elementCount)
            return tensor.floats
        }
        guard let node = makers[name] else { return nil }
        // Attributes are looked up one after another.
        try budget.take(stepCount: 4 * node.attribute.count)
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

    /// A matrix with its dimensions exchanged, in the place of one that was folded and is let go.
    package func transposed(
        _ matrix: consuming Tensor<Float>, _ budget: inout ReadingBudget
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float> {
        let elementCount = matrix.shape.elementCount
        try budget.take(stepCount: elementCount)
        try budget.take(byteCount: 4 * elementCount)
        let result = matrix.transposed()
        // What is small stays with the allocator, in pieces that may be too short for the next.
        if 4 * elementCount >= TensorStorage<Float>.largeByteCount { budget.release(byteCount: 4 * elementCount) }
        return result
    }

    private func transpose(
        _ node: ONNXNodeProto, _ budget: inout ReadingBudget, depth: Int
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard let operand = node.operand(0), node.attribute("perm")?.integers ?? [1, 0] == [1, 0],
            let matrix = try fold(operand, &budget, depth: depth + 1), matrix.shape.rank == 2
        else { return nil }
        return try transposed(matrix, &budget)
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
        var parts: [Tensor<Float>] = []
        var (rowCount, elementCount) = (0, 0)
        for name in node.input {
            guard let part = try fold(name, &budget, depth: depth + 1), part.shape.rank > 0,
                part.shape.dimensions.dropFirst() == (parts.first ?? part).shape.dimensions.dropFirst(),
                // Rows without elements may be as many as a number says.
                case let (sum, overflow) = rowCount.addingReportingOverflow(part.shape[0]), !overflow
            else { return nil }
            try budget.take(byteCount: Self.tensorByteCount)
            parts.append(part)
            rowCount = sum
            elementCount += part.shape.elementCount
        }
        guard let first = parts.first, let shape = Shape(validating: [rowCount] + first.shape.dimensions.dropFirst())
        else { return nil }
        try budget.take(stepCount: elementCount)
        try budget.take(byteCount: 4 * elementCount)
        var result = Tensor<Float>(zeros: shape)
        var target = result.mutableSpan
        var place = 0
        for part in parts {
            let source = part.span
            for index in source.indices { target[place + index] = source[index] }
            place += source.count
        }
        return result
    }
}
