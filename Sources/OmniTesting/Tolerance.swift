public import OmniTensor

/// How far two arrays are apart.
public enum Tolerance {
    /// The largest absolute difference; infinity when the counts differ or a value is not finite.
    public static func largestDifference(_ found: Span<Float>, _ expected: Span<Float>) -> Float {
        guard found.count == expected.count else { return .infinity }
        var largest: Float = 0
        for i in found.indices {
            let difference = abs(found[i] - expected[i])
            guard difference.isFinite else { return .infinity }
            largest = max(largest, difference)
        }
        return largest
    }

    /// The largest absolute difference of two tensors; infinity when the element counts differ.
    public static func largestDifference(_ found: Tensor<Float>, _ expected: Tensor<Float>) -> Float {
        largestDifference(found.span, expected.span)
    }

    /// The largest absolute difference of two arrays; infinity when the counts differ.
    public static func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
        largestDifference(found.span, expected.span)
    }

    /// ``largestDifference(_:_:)`` divided by the largest expected magnitude.
    public static func relativeDifference(_ found: Tensor<Float>, _ expected: Tensor<Float>) -> Float {
        let scale = expected.scalars.reduce(Float(0)) { max($0, abs($1)) }
        return largestDifference(found, expected) / max(scale, .leastNormalMagnitude)
    }
}
