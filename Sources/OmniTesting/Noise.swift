public import OmniTensor

/// Reproducible numbers for tests: a splitmix64 generator.
public struct Noise: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Two generators with the same seed give the same numbers.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform numbers in `-scale...scale`.
    public mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in Float.random(in: -scale...scale, using: &self) }
    }

    /// A tensor of uniform numbers in `-scale...scale`.
    public mutating func tensor(_ shape: Shape, scale: Float = 1) -> Tensor<Float> {
        Tensor(floats(shape.elementCount, scale: scale), shape: shape)
    }
}
