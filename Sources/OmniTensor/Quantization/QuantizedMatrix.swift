/// A weight as integers, before an engine packs it: `weight[row, column] = scales[row, column / 32] · codes[row,
/// column]`.
package struct QuantizedMatrix: Sendable {
    /// Columns of a row that share a scale.
    package static var blockWidth: Int { 32 }

    /// The integer format.
    package let precision: WeightPrecision
    /// `[out, in]`.
    package var codes: Tensor<Int8>
    /// Numbers that a bfloat16 holds. `[out, ⌈in / 32⌉]`
    package var scales: Tensor<Float>

    /// Zeros.
    init(_ shape: Shape, precision: WeightPrecision) {
        self.precision = precision
        codes = Tensor(repeating: 0, shape: shape)
        scales = Tensor(zeros: [shape[0], (shape[1] + Self.blockWidth - 1) / Self.blockWidth])
    }

    /// The weight that the integers stand for, `[out, in]`.
    package var weight: Tensor<Float> {
        let (rowCount, width, blockCount) = (codes.shape[0], codes.shape[1], scales.shape[1])
        var weight = Tensor<Float>(zeros: codes.shape)
        var target = weight.mutableSpan
        let (codes, scales) = (codes.span, scales.span)
        for row in 0..<rowCount {
            for column in 0..<width {
                let scale = scales[row * blockCount + column / Self.blockWidth]
                target[row * width + column] = scale * Float(codes[row * width + column])
            }
        }
        return weight
    }

    /// The bfloat16 nearest to `value`.
    static func roundedScale(_ value: Float) -> Float { NarrowFloat.widenBrain(NarrowFloat.narrowToBrain(value)) }
}

/// The integers of a format.
struct IntegerGrid: Sendable {
    let lowest: Float
    let highest: Float

    /// `nil` for formats that keep floats.
    init?(_ precision: WeightPrecision) {
        switch precision {
        case .int8: (lowest, highest) = (-127, 127)
        case .int4: (lowest, highest) = (-8, 7)
        default: return nil
        }
    }

    /// The integer whose product with the scale is nearest to `value`; 0 where the scale is 0.
    @inline(__always)
    func code(_ value: Float, inverseScale: Float) -> Float {
        min(max((value * inverseScale).rounded(.toNearestOrEven), lowest), highest)
    }

    static func inverse(_ scale: Float) -> Float { abs(scale) > 1e-37 ? 1 / scale : 0 }
}
