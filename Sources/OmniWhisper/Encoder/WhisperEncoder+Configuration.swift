import OmniTensor

extension WhisperEncoder {
    /// The dimensions of an encoder.
    public struct Configuration: Sendable, Hashable {
        /// Values in a mel frame, `M`.
        public var melBinCount: Int
        /// Positions that come out for a whole recording, `T`, 20 ms each.
        public var contextLength: Int
        /// Values in a position, `D`.
        public var width: Int
        /// Attention heads, `H`; divides the width.
        public var headCount: Int
        /// Blocks, `L`.
        public var layerCount: Int
        /// Hidden values of a block's perceptron.
        public var mlpWidth: Int

        /// Takes every number as it is; an encoder checks them when it is made.
        ///
        /// - Parameters:
        ///   - melBinCount: values in a mel frame.
        ///   - contextLength: positions that come out for a whole recording, 20 ms each.
        ///   - width: values in a position.
        ///   - headCount: attention heads; divides the width.
        ///   - layerCount: blocks.
        ///   - mlpWidth: hidden values of a block's perceptron; `nil` for four times the width, as every published
        ///     model has.
        public init(
            melBinCount: Int = 80, contextLength: Int = 1500, width: Int, headCount: Int, layerCount: Int,
            mlpWidth: Int? = nil
        ) {
            self.melBinCount = melBinCount
            self.contextLength = contextLength
            self.width = width
            self.headCount = headCount
            self.layerCount = layerCount
            self.mlpWidth = mlpWidth ?? width.multipliedReportingOverflow(by: 4).partialValue
        }

        /// Whisper "small", the encoder that the released Mini-Omni listens with.
        public static var small: Configuration { Configuration(width: 768, headCount: 12, layerCount: 12) }
    }
}

extension WhisperEncoder.Configuration {
    /// Far beyond every real model; numbers of a file that lies are refused here, before anything is made of them.
    private static var largestMelBinCount: Int { 1024 }
    private static var largestContextLength: Int { 16_384 }
    private static var largestWidth: Int { 65_536 }

    /// Makes sure that an encoder can have these dimensions.
    func validate() throws(ModelConfigurationError) {
        try ModelConfigurationError.require("n_mels", melBinCount, in: 1...Self.largestMelBinCount)
        try ModelConfigurationError.require("n_audio_ctx", contextLength, in: 1...Self.largestContextLength)
        try ModelConfigurationError.require("n_audio_state", width, in: 1...Self.largestWidth)
        try ModelConfigurationError.require("n_audio_head", headCount: headCount, dividing: width)
        try ModelConfigurationError.require("n_audio_layer", layerCount, in: 1...4096)
        try ModelConfigurationError.require("n_audio_mlp", mlpWidth, in: 1...16 * Self.largestWidth)
    }

    /// Values in a head.
    var headWidth: Int { width / headCount }
    /// Mel frames that go in.
    var melFrameCount: Int { contextLength * WhisperAudio.framesPerPosition }
    /// Samples that are heard.
    var sampleCount: Int { contextLength * WhisperAudio.samplesPerPosition }
    /// 0.02 in published models.
    var secondsPerPosition: Double {
        Double(WhisperAudio.samplesPerPosition) / Double(WhisperAudio.sampleRate)
    }
}
