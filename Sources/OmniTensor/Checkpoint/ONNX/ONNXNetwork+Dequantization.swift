import OmniFormats

extension ONNXNetwork {
    /// `(x − zeroPoint) · scale` of stored integers, with one scale or one for each index of an axis. `nil` when the
    /// node is anything else, such as one that works in blocks.
    func dequantize(
        _ node: ONNXNodeProto, _ budget: inout ReadingBudget
    ) throws(ReadingBudget.Exhausted) -> Tensor<Float>? {
        guard node.attribute("block_size")?.integer ?? 0 == 0,
            let stored = node.operand(0).flatMap({ self.stored[$0] }),
            let shape = stored.integerShape, shape.elementCount > 0,
            let storedScales = node.operand(1).flatMap({ self.stored[$0] }), let scaleShape = storedScales.floatShape,
            let innerCount = innerCount(of: shape, scaleShape, axis: node.attribute("axis")?.integer ?? 1)
        else { return nil }
        // The integers as words, the floats; the scales and the zero points.
        let (elementCount, scaleCount) = (shape.elementCount, scaleShape.elementCount)
        try budget.take(stepCount: 4 * elementCount + 2 * scaleCount)
        try budget.take(byteCount: 8 * elementCount + 8 * scaleCount)
        defer { budget.release(byteCount: 4 * elementCount + 8 * scaleCount) }
        guard let integers = stored.integers, let scales = storedScales.floats else { return nil }
        var zeroPoints = Array(repeating: Int32(0), count: scaleCount)
        if let name = node.operand(2) {
            // That of a single scale may have other extents of one.
            guard let stored = self.stored[name], stored.integerShape?.elementCount == scaleCount,
                let found = stored.integers
            else { return nil }
            zeroPoints = found.values
        }
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
