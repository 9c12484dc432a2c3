package import OmniTensor

/// `x + sin²(α x) / α` with an α for each channel.
package struct Snake: Sendable {
    let alpha: Tensor<Float>  // [C]
    let inverseAlpha: Tensor<Float>  // [C], 1 / (α + 1e-9)
    private let engine: any ComputeEngine

    /// Reads `alpha` `[1, C, 1]`.
    package init(_ weights: WeightScope, channelCount: Int, engine: any ComputeEngine) throws(CheckpointError) {
        alpha = try weights.tensor("alpha", [1, channelCount, 1]).reshaped(to: [channelCount])
        inverseAlpha = Tensor(alpha.scalars.map { 1 / ($0 + 1e-9) }, shape: [channelCount])
        self.engine = engine
    }

    /// `x`, `y` `[T, C]`.
    package func callAsFunction(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
        engine.snake(x, alpha: alpha.span, inverseAlpha: inverseAlpha.span, into: &y)
    }

    /// `x` `[T, C]`, in place.
    package func callAsFunction(_ x: inout MutableSpan<Float>) {
        engine.snake(&x, alpha: alpha.span, inverseAlpha: inverseAlpha.span)
    }
}
