import OmniTensor

/// Turns the first `rotaryWidth` values of each head by angles that grow with the position (Su et al., RoFormer). Value
/// `i` turns together with value `i + rotaryWidth / 2`.
package struct RotaryEmbedding: Sendable {
    /// Values of a head that turn; even.
    package let rotaryWidth: Int
    private let frequencies: [Float]  // [rotaryWidth / 2]
    private let condenseRatio: Float

    /// - Parameters:
    ///   - rotaryWidth: values that turn.
    ///   - base: of the geometric row of frequencies.
    ///   - condenseRatio: positions are divided by this.
    package init(rotaryWidth: Int, base: Float, condenseRatio: Float = 1) {
        precondition(rotaryWidth % 2 == 0, "\(rotaryWidth) values cannot turn in pairs")
        self.rotaryWidth = rotaryWidth
        self.condenseRatio = condenseRatio
        // In single precision, step by step as the reference: the angles of far positions depend on it.
        frequencies = stride(from: 0, to: rotaryWidth, by: 2).map { index in
            let exponent = Float(index) / Float(rotaryWidth)
            return 1 / Float(ScalarMath.pow(Double(base), Double(exponent)))
        }
    }

    /// Writes cosines and sines of a position, `[rotaryWidth / 2]` each.
    package func angles(at position: Int, cosines: inout MutableSpan<Float>, sines: inout MutableSpan<Float>) {
        let place = Float(position) / condenseRatio
        for (i, frequency) in frequencies.enumerated() {
            let angle = Double(place * frequency)
            cosines[i] = Float(ScalarMath.cos(angle))
            sines[i] = Float(ScalarMath.sin(angle))
        }
    }

    /// Turns heads that start `headStride` elements apart, in place.
    package func callAsFunction(
        _ x: inout MutableSpan<Float>, headCount: Int, headStride: Int, cosines: Span<Float>, sines: Span<Float>
    ) {
        let half = frequencies.count
        for head in 0..<headCount {
            let start = head * headStride
            for i in 0..<half {
                let (a, b) = (x[start + i], x[start + half + i])
                x[start + i] = a * cosines[i] - b * sines[i]
                x[start + half + i] = b * cosines[i] + a * sines[i]
            }
        }
    }
}
