/// The largest of many floats and the logarithm of the sum of their exponentials, eight at a time: what a search asks
/// of the logits of a whole vocabulary in every step.
package enum LogSumExp {
    /// The largest element; minus infinity for none. What is not a number is passed over.
    package static func largest(of x: Span<Float>) -> Float {
        var lanes = Lanes(repeating: -.infinity)
        let end = x.count / Lanes.scalarCount * Lanes.scalarCount
        unsafe x.withUnsafeBufferPointer { x in
            guard let base = x.baseAddress else { return }
            for index in stride(from: 0, to: end, by: Lanes.scalarCount) {
                let part = unsafe Lanes(loading: base + index)
                // A comparison with NaN is false.
                lanes.replace(with: part, where: part .> lanes)
            }
        }
        var largest = lanes.max()
        for index in end..<x.count where x[index] > largest { largest = x[index] }
        return largest
    }

    /// The first index of the largest element; 0 for none and where nothing is a number.
    package static func indexOfLargest(of x: Span<Float>) -> Int {
        let largest = largest(of: x)
        for index in x.indices where x[index] == largest { return index }
        return 0
    }

    /// log Σ exp x, within 1e-6: what is subtracted from a logit to make it a log probability. The largest element
    /// where that is infinite.
    package static func value(of x: Span<Float>) -> Double {
        let largest = largest(of: x)
        guard largest.isFinite else { return Double(largest) }
        var sums = SIMD8<Double>.zero
        let end = x.count / Lanes.scalarCount * Lanes.scalarCount
        unsafe x.withUnsafeBufferPointer { x in
            guard let base = x.baseAddress else { return }
            for index in stride(from: 0, to: end, by: Lanes.scalarCount) {
                let powers = unsafe FastExponential.exp(Lanes(loading: base + index) - largest)
                sums += SIMD8<Double>(powers)
            }
        }
        var sum = sums.sum()
        for index in end..<x.count { sum += Double(ScalarMath.exp(x[index] - largest)) }
        return Double(largest) + ScalarMath.log(sum)
    }
}
