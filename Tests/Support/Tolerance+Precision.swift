public import OmniTensor
public import OmniTesting

// How far an engine may be from the oracle, derived from the formats themselves. All relative to the largest magnitude
// that is expected.

extension Tolerance {
    /// For a product with weights taken as they are packed.
    ///
    /// What is left is the rounding of activations. Floats keep them: sums in another order. Rounded to bfloat16 each
    /// is off by 2⁻⁸ of itself at most, rounded to integers by 1/254 of the largest of its block, with 8 bits on
    /// AVX2 by twice as much for noise. Uniform noise has a third of that as its root mean square for bfloat16, 1/2 for
    /// integers; errors average over the columns as the products themselves do, so that these, with four standard
    /// deviations of room, two on AVX2, bound them.
    public static func product(_ precision: WeightPrecision) -> Float {
        switch precision {
        case .float32: 2e-6
        case .bfloat16: 4.0 / 3 * 0x1p-8
        default: 4 * 0.5 / 127
        }
    }

    /// For a weight after packing.
    ///
    /// bfloat16 rounds by 2⁻⁸ of the weight. An integer is off by half a step, and a step is 1/127 of the largest
    /// of a block. Of four bits a step is 1/8, and where the largest has the other sign, +7 lacks an eighth; other
    /// scales are taken where the block as a whole is off by less, so that one weight may be off by the root of 31
    /// quarters and one of the squares of such steps. Scales are bfloat16, rounded up by 2⁻⁷ at most.
    public static func packing(_ precision: WeightPrecision) -> Float {
        let scale: Float = 1 + 0x1p-7
        return switch precision {
        case .float32: 0
        case .bfloat16: 0x1p-8
        case .int8: 0.5 / 127 * scale
        default: (31.0 / 4 + 1).squareRoot() / 8 * scale
        }
    }
}
