public import Foundation
internal import OmniFormats

extension SNAC.Configuration {
    /// Channels of an attention head, which the reference fixes.
    static var attentionHeadWidth: Int { 64 }

    /// Reads and validates `config.json`.
    ///
    /// - Throws: ``SNACError/unreadableConfiguration(file:reason:)`` or
    ///   ``SNACError/invalidConfiguration(field:reason:)``.
    public init(contentsOf file: URL) throws(SNACError) {
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw .unreadableConfiguration(file: file.path, reason: "the file cannot be read")
        }
        try self.init(json: data, file: file.path)
    }

    /// Decodes and validates the bytes of a `config.json`; `file` is for messages.
    public init(json: Data, file: String) throws(SNACError) {
        // Real ones have some 400 bytes; a large one is something else.
        guard json.count <= 1 << 20 else {
            throw .unreadableConfiguration(file: file, reason: "\(json.count) bytes are too many for a configuration")
        }
        if let explanation = MistakenFile.explanation(of: json) {
            throw .unreadableConfiguration(file: file, reason: explanation)
        }
        do { self = try JSONDecoder().decode(Self.self, from: ByteOrderMark.dropped(from: json)) } catch {
            throw .unreadableConfiguration(file: file, reason: Self.explain(error))
        }
        try validate()
    }

    private static func explain(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): the value has the wrong type"
        default: "this is not a JSON object"
        }
    }

    /// Makes sure that a codec of this shape can exist: every width and rate within bounds that keep all sizes far from
    /// overflow, and everything that has to divide dividing.
    ///
    /// - Throws: ``SNACError/invalidConfiguration(field:reason:)``.
    public func validate() throws(SNACError) {
        try Self.require(sampleRate, in: 1...1_000_000, "sampling_rate")
        try Self.require(encoderWidth, in: 1...8192, "encoder_dim")
        try Self.require(decoderWidth, in: 1...65_536, "decoder_dim")
        try Self.require(codebookSize, in: 1...1 << 20, "codebook_size")
        try Self.require(codebookWidth, in: 1...4096, "codebook_dim")
        try Self.require(rates: encoderRates, "encoder_rates")
        try Self.require(rates: decoderRates, "decoder_rates")
        let latentCount = encoderWidth << encoderRates.count
        try Self.require(latentCount, in: 1...65_536, "encoder_dim")
        if let latentWidth, latentWidth != latentCount {
            throw .invalidConfiguration(
                field: "latent_dim", reason: "the encoder makes \(latentCount) channels, not \(latentWidth)")
        }
        guard decoderWidth >> decoderRates.count > 0 else {
            throw .invalidConfiguration(
                field: "decoder_dim",
                reason: "\(decoderWidth) channels cannot be halved \(decoderRates.count) times")
        }
        let (shorter, longer) = (encoderRates.reduce(1, *), decoderRates.reduce(1, *))
        guard shorter == longer else {
            throw .invalidConfiguration(
                field: "decoder_rates", reason: "they multiply to \(longer), the encoder's to \(shorter)")
        }
        try validateCodebooks()
        try validateAttention(latentCount: latentCount)
    }

    private func validateCodebooks() throws(SNACError) {
        guard let coarsest = codebookStrides.first else {
            throw .invalidConfiguration(field: "vq_strides", reason: "there are no codebooks")
        }
        for stride in codebookStrides { try Self.require(stride, in: 1...4096, "vq_strides") }
        for (coarse, fine) in zip(codebookStrides, codebookStrides.dropFirst()) where coarse % fine != 0 {
            throw .invalidConfiguration(field: "vq_strides", reason: "\(coarse) is no multiple of the next, \(fine)")
        }
        let codeCount = codebookStrides.reduce(0) { $0 + coarsest / $1 }
        guard codeCount <= 16 else {
            throw .invalidConfiguration(
                field: "vq_strides", reason: "a frame of \(codebookStrides) has \(codeCount) codes, more than 16")
        }
    }

    private func validateAttention(latentCount: Int) throws(SNACError) {
        guard let attentionWindowCount else { return }
        try Self.require(attentionWindowCount, in: 1...4096, "attn_window_size")
        for (field, width) in [("encoder_dim", latentCount), ("decoder_dim", decoderWidth)]
        where width % Self.attentionHeadWidth != 0 {
            throw .invalidConfiguration(
                field: field, reason: "\(width) channels do not make heads of \(Self.attentionHeadWidth)")
        }
    }

    private static func require(rates: [Int], _ field: String) throws(SNACError) {
        guard (1...8).contains(rates.count) else {
            throw .invalidConfiguration(field: field, reason: "\(rates.count) blocks are not 1 to 8")
        }
        // A rate of 1 would need a kernel of 2, which cannot be centred; the reference refuses it too.
        for rate in rates { try require(rate, in: 2...64, field) }
        var hop = 1
        for rate in rates { hop = min(hop * rate, 1 << 20) }
        try require(hop, in: 2...65_536, field)
    }

    private static func require(
        _ value: Int, in range: ClosedRange<Int>, _ field: String
    ) throws(SNACError) {
        guard range.contains(value) else {
            throw .invalidConfiguration(
                field: field, reason: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
        }
    }
}
