extension SNAC {
    /// The shape of a codec, as `config.json` has it. A key that is not there has the reference's default.
    public struct Configuration: Sendable, Hashable {
        /// Samples per second, in Hz.
        public var sampleRate = 44_100
        /// Channels after the encoder's first layer; each block doubles them.
        public var encoderWidth = 64
        /// How much each block of the encoder shortens time.
        public var encoderRates = [3, 3, 7, 7]
        /// Channels of a latent; `nil`: what the encoder's last block gives.
        public var latentWidth: Int?
        /// Channels before the decoder's first block; each block halves them.
        public var decoderWidth = 1536
        /// How much each block of the decoder stretches time.
        public var decoderRates = [7, 7, 3, 3]
        /// Latents that attend to each other; `nil`: no attention.
        public var attentionWindowCount: Int? = 32
        /// Codes in a codebook.
        public var codebookSize = 4096
        /// Channels of a code.
        public var codebookWidth = 8
        /// Latents that one code of each codebook stands for, coarsest first.
        public var codebookStrides = [8, 4, 2, 1]
        /// Whether the decoder's blocks add noise.
        public var hasNoise = true
        /// Whether the convolutions over time never mix channels.
        public var isDepthwise = true

        /// The defaults of the reference.
        public init() {}

        /// The published 24 kHz codec of Mini-Omni: frames of 7 codes and 2048 samples.
        public static var speech24kHz: Configuration {
            var configuration = Configuration()
            configuration.sampleRate = 24_000
            configuration.encoderWidth = 48
            configuration.encoderRates = [2, 4, 8, 8]
            configuration.decoderWidth = 1024
            configuration.decoderRates = [8, 8, 4, 2]
            configuration.attentionWindowCount = nil
            configuration.codebookStrides = [4, 2, 1]
            return configuration
        }
    }
}

extension SNAC.Configuration {
    /// Channels of a latent.
    var latentChannelCount: Int { latentWidth ?? encoderWidth << encoderRates.count }
    /// Samples that a latent stands for.
    public var hopLength: Int { decoderRates.reduce(1, *) }
    /// Latents in a frame.
    package var latentsPerFrame: Int { codebookStrides.first ?? 1 }
    /// Samples in a frame.
    public var samplesPerFrame: Int { hopLength * latentsPerFrame }
    /// Codes of each codebook in a frame, coarsest first.
    public var codesPerFrame: [Int] { codebookStrides.map { latentsPerFrame / $0 } }
    /// Channels that block `index` of the decoder makes.
    func decoderWidth(afterBlock index: Int) -> Int { decoderWidth >> (index + 1) }
}

extension SNAC.Configuration: Codable {
    private enum CodingKeys: String, CodingKey {
        case sampleRate = "sampling_rate"
        case encoderWidth = "encoder_dim"
        case encoderRates = "encoder_rates"
        case latentWidth = "latent_dim"
        case decoderWidth = "decoder_dim"
        case decoderRates = "decoder_rates"
        case attentionWindowCount = "attn_window_size"
        case codebookSize = "codebook_size"
        case codebookWidth = "codebook_dim"
        case codebookStrides = "vq_strides"
        case hasNoise = "noise"
        case isDepthwise = "depthwise"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if values.contains(key) { value = try values.decode(Value.self, forKey: key) }
        }
        self.init()
        try read(.sampleRate, into: &sampleRate)
        try read(.encoderWidth, into: &encoderWidth)
        try read(.encoderRates, into: &encoderRates)
        try read(.latentWidth, into: &latentWidth)
        try read(.decoderWidth, into: &decoderWidth)
        try read(.decoderRates, into: &decoderRates)
        try read(.attentionWindowCount, into: &attentionWindowCount)
        try read(.codebookSize, into: &codebookSize)
        try read(.codebookWidth, into: &codebookWidth)
        try read(.codebookStrides, into: &codebookStrides)
        try read(.hasNoise, into: &hasNoise)
        try read(.isDepthwise, into: &isDepthwise)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(sampleRate, forKey: .sampleRate)
        try values.encode(encoderWidth, forKey: .encoderWidth)
        try values.encode(encoderRates, forKey: .encoderRates)
        try values.encodeIfPresent(latentWidth, forKey: .latentWidth)
        try values.encode(decoderWidth, forKey: .decoderWidth)
        try values.encode(decoderRates, forKey: .decoderRates)
        // Always written: a missing window means 32, `null` means none.
        try values.encode(attentionWindowCount, forKey: .attentionWindowCount)
        try values.encode(codebookSize, forKey: .codebookSize)
        try values.encode(codebookWidth, forKey: .codebookWidth)
        try values.encode(codebookStrides, forKey: .codebookStrides)
        try values.encode(hasNoise, forKey: .hasNoise)
        try values.encode(isDepthwise, forKey: .isDepthwise)
    }
}
