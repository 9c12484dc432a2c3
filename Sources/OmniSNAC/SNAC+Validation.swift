public import Foundation
public import OmniTensor

extension SNAC.Configuration {
    /// Channels of an attention head, which the reference fixes.
    static var attentionHeadWidth: Int { 64 }

    /// Reads and validates `config.json`.
    public init(contentsOf file: URL) throws(ModelConfigurationError) {
        try self.init(json: ConfigurationFile.bytes(of: file), file: file.path)
    }

    /// Decodes and validates the bytes of a `config.json`; `file` is for messages.
    public init(json: Data, file: String) throws(ModelConfigurationError) {
        self = try ConfigurationFile.decode(Self.self, json: json, file: file)
        do { try validate() } catch { throw error.located(in: file) }
    }

    /// Makes sure that a codec of this shape can exist: every width and rate within bounds that keep all sizes far from
    /// overflow, and everything that has to divide dividing.
    public func validate() throws(ModelConfigurationError) {
        try ModelConfigurationError.require("sampling_rate", sampleRate, in: 1...1_000_000)
        try ModelConfigurationError.require("encoder_dim", encoderWidth, in: 1...8192)
        try ModelConfigurationError.require("decoder_dim", decoderWidth, in: 1...65_536)
        try ModelConfigurationError.require("codebook_size", codebookSize, in: 1...1 << 20)
        try ModelConfigurationError.require("codebook_dim", codebookWidth, in: 1...4096)
        try Self.require(rates: encoderRates, "encoder_rates")
        try Self.require(rates: decoderRates, "decoder_rates")
        let latentCount = encoderWidth << encoderRates.count
        try ModelConfigurationError.require("encoder_dim", latentCount, in: 1...65_536)
        if let latentWidth, latentWidth != latentCount {
            throw .invalid(
                field: "latent_dim", reason: "the encoder makes \(latentCount) channels, not \(latentWidth)")
        }
        guard decoderWidth >> decoderRates.count > 0 else {
            throw .invalid(
                field: "decoder_dim",
                reason: "\(decoderWidth) channels cannot be halved \(decoderRates.count) times")
        }
        let (shorter, longer) = (encoderRates.reduce(1, *), decoderRates.reduce(1, *))
        guard shorter == longer else {
            throw .invalid(
                field: "decoder_rates", reason: "they multiply to \(longer), the encoder's to \(shorter)")
        }
        try validateCodebooks()
        try validateAttention(latentCount: latentCount)
    }

    private func validateCodebooks() throws(ModelConfigurationError) {
        guard let coarsest = codebookStrides.first else {
            throw .invalid(field: "vq_strides", reason: "there are no codebooks")
        }
        for stride in codebookStrides { try ModelConfigurationError.require("vq_strides", stride, in: 1...4096) }
        for (coarse, fine) in zip(codebookStrides, codebookStrides.dropFirst()) where coarse % fine != 0 {
            throw .invalid(field: "vq_strides", reason: "\(coarse) is no multiple of the next, \(fine)")
        }
        let codeCount = codebookStrides.reduce(0) { $0 + coarsest / $1 }
        guard codeCount <= 16 else {
            throw .invalid(
                field: "vq_strides", reason: "a frame of \(codebookStrides) has \(codeCount) codes, more than 16")
        }
    }

    private func validateAttention(latentCount: Int) throws(ModelConfigurationError) {
        guard let attentionWindowCount else { return }
        try ModelConfigurationError.require("attn_window_size", attentionWindowCount, in: 1...4096)
        for (field, width) in [("encoder_dim", latentCount), ("decoder_dim", decoderWidth)]
        where width % Self.attentionHeadWidth != 0 {
            throw .invalid(
                field: field, reason: "\(width) channels do not make heads of \(Self.attentionHeadWidth)")
        }
    }

    private static func require(rates: [Int], _ field: String) throws(ModelConfigurationError) {
        guard (1...8).contains(rates.count) else {
            throw .invalid(field: field, reason: "\(rates.count) blocks are not 1 to 8")
        }
        // A rate of 1 would need a kernel of 2, which cannot be centred; the reference refuses it too.
        for rate in rates { try ModelConfigurationError.require(field, rate, in: 2...64) }
        var hop = 1
        for rate in rates { hop = min(hop * rate, 1 << 20) }
        try ModelConfigurationError.require(field, hop, in: 2...65_536)
    }
}
