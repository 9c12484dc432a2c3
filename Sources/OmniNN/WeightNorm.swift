package import OmniTensor

extension WeightScope {
    /// A weight stored as length and direction, folded: `g · v / ‖v‖`, the norm taken over all dimensions but the
    /// outermost (PyTorch's `weight_norm` with `dim = 0`; for a transposed convolution that is the *input* channel).
    ///
    /// Three spellings: `parametrizations.weight.original0` (g) and `…original1` (v), the older `weight_g` and
    /// `weight_v`, and `weight` alone, folded already.
    ///
    /// - Throws: ``CheckpointError`` when tensors are missing or misshapen, or a direction has no length.
    package func normalizedWeight(_ shape: Shape) throws(CheckpointError) -> Tensor<Float> {
        if let folded = try tensorIfPresent("weight", shape) { return folded }
        let isOlder = contains("weight_v") || contains("weight_g")
        let lengthName = isOlder ? "weight_g" : "parametrizations.weight.original0"
        let directionName = isOlder ? "weight_v" : "parametrizations.weight.original1"
        let rowCount = shape[0]
        let lengthShape = Shape([rowCount] + Array(repeating: 1, count: shape.rank - 1))
        let lengths = try tensor(lengthName, lengthShape)
        var weight = try tensor(directionName, shape)
        let width = rowCount == 0 ? 0 : shape.elementCount / rowCount
        let length = lengths.span
        var elements = weight.mutableSpan
        for row in 0..<rowCount {
            var square = 0.0
            for i in row * width..<(row + 1) * width { square += Double(elements[i]) * Double(elements[i]) }
            let scale = Float(Double(length[row]) / square.squareRoot())
            guard scale.isFinite else {
                throw CheckpointError(
                    .malformed, file: file, tensor: path(of: directionName),
                    reason: "row \(row) has the length \(square.squareRoot()) and cannot be scaled to \(length[row])")
            }
            for i in row * width..<(row + 1) * width { elements[i] *= scale }
        }
        return weight
    }
}
