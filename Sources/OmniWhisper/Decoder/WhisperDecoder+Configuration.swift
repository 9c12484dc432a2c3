import OmniTensor

extension WhisperDecoder {
    /// The dimensions of a text decoder.
    public struct Configuration: Sendable, Hashable {
        /// Tokens, special ones included, `V`.
        public var vocabularyCount: Int
        /// Positions of a sequence, prompt included.
        public var contextLength: Int
        /// Values in a position, `D`; the encoder's width.
        public var width: Int
        /// Attention heads, `H`; divides the width.
        public var headCount: Int
        /// Blocks, `L`.
        public var layerCount: Int
        /// Hidden values of a block's perceptron.
        public var mlpWidth: Int

        /// Takes every number as it is; a decoder checks them when it is made.
        ///
        /// - Parameters:
        ///   - vocabularyCount: tokens, special ones included.
        ///   - contextLength: positions of a sequence, prompt included.
        ///   - width: values in a position.
        ///   - headCount: attention heads; divides the width.
        ///   - layerCount: blocks.
        ///   - mlpWidth: hidden values of a block's perceptron; `nil` for four times the width, as every published
        ///     model has.
        public init(
            vocabularyCount: Int, contextLength: Int = 448, width: Int, headCount: Int, layerCount: Int,
            mlpWidth: Int? = nil
        ) {
            self.vocabularyCount = vocabularyCount
            self.contextLength = contextLength
            self.width = width
            self.headCount = headCount
            self.layerCount = layerCount
            self.mlpWidth = mlpWidth ?? width.multipliedReportingOverflow(by: 4).partialValue
        }
    }
}

extension WhisperDecoder.Configuration {
    /// Makes sure that a decoder can have these dimensions. The limits are far beyond every real model: numbers of a
    /// file that lies are refused here, before memory is allocated for them.
    func validate() throws(ModelConfigurationError) {
        try ModelConfigurationError.require("n_vocab", vocabularyCount, in: 1...1 << 22)
        try ModelConfigurationError.require("n_text_ctx", contextLength, in: 1...1 << 16)
        try ModelConfigurationError.require("n_text_state", width, in: 1...1 << 16)
        try ModelConfigurationError.require("n_text_head", headCount: headCount, dividing: width)
        try ModelConfigurationError.require("n_text_layer", layerCount, in: 1...4096)
        try ModelConfigurationError.require("n_text_mlp", mlpWidth, in: 1...1 << 20)
    }

    /// Values in a head.
    var headWidth: Int { width / headCount }
}
