import OmniTensor

/// The working memory of one call: made once, used by every block.
struct EncoderScratch {
    /// Normalised positions, then what attention makes of them. `[T, D]`
    var mixed: Tensor<Float>
    var queries: Tensor<Float>  // [T, D]
    var keys: Tensor<Float>  // [T, D]
    var values: Tensor<Float>  // [T, D]
    /// A few rows inside the perceptron. `[≤ 768, 4D]`
    var hidden: Tensor<Float>

    init(_ configuration: WhisperEncoder.Configuration, positionCount: Int) {
        let shape: Shape = [positionCount, configuration.width]
        mixed = Tensor(zeros: shape)
        queries = Tensor(zeros: shape)
        keys = Tensor(zeros: shape)
        values = Tensor(zeros: shape)
        hidden = Tensor(
            zeros: [min(EncoderBlock.mlpRowCount, positionCount), configuration.mlpWidth])
    }
}
