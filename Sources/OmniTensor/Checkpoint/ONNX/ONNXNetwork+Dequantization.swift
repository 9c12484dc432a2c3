import OmniFormats

extension ONNXNetwork {
    /// `(x − zeroPoint) · scale` of stored integers, with one scale or one for each index of an axis. `nil` when the
    /// node is anything else, such as one that works in blocks.
    func dequantize(
        _ node: ONNXNodeProto, _ budget: inout ReadingBudget
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard node.attribute("block_size")?.integer ?? 0 == 0, let name = node.operand(0), let stored = stored[name]
        else { return nil }
        // The integers as words, the floats, and the scales.
        let elementCount = stored.rawData.count + stored.int32Data.count
        try budget.take(stepCount: 4 * elementCount)
        try budget.take(byteCount: 8 * elementCount)
        guard let integers = stored.integers, integers.shape.elementCount > 0,
            let scaleName = node.operand(1), let scales = self.stored[scaleName]?.floats
        else { return nil }
        var zeroPoints = Array(repeating: Int32(0), count: scales.shape.elementCount)
        if let name = node.operand(2) {
            // That of a single scale may have other extents of one.
            guard let found = self.stored[name]?.integers, found.values.count == zeroPoints.count else { return nil }
            zeroPoints = found.values
        }
        guard let innerCount = innerCount(of: integers.shape, scales.shape, axis: node.attribute("axis")?.integer ?? 1)
        else { return nil }
        let scaleCount = scales.shape.elementCount
        let scale = scales.span
        var result = Tensor<Float>(zeros: integers.shape)
        var target = result.mutableSpan
        for index in integers.values.indices {
            let place = index / innerCount % scaleCount
            // As onnxruntime: the difference in integers, the product in floats.
            target[index] = Float(integers.values[index] &- zeroPoints[place]) * scale[place]
        }
        return result
    }

    /// Elements that follow one another with the same scale; `nil` where scales and axis do not fit.
    private func innerCount(of shape: Shape, _ scales: Shape, axis: Int64) -> Int? {
        if scales == [] || scales == [1] { return 1 }
        let axis = axis < 0 ? axis.addingReportingOverflow(Int64(shape.rank)).partialValue : axis
        guard (0..<Int64(shape.rank)).contains(axis), scales == [shape[Int(axis)]] else { return nil }
        return shape.dimensions[(Int(axis) + 1)...].reduce(1, *)
    }
}
