import OmniTensor

/// Codebooks at several paces, each coding what the ones before left over.
struct ResidualQuantizer: Sendable {
    let codebooks: [VectorQuantizer]
    private let latentCount: Int
    private let latentsPerFrame: Int

    init(
        _ weights: WeightScope, configuration: SNAC.Configuration, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        latentCount = configuration.latentChannelCount
        latentsPerFrame = configuration.latentsPerFrame
        codebooks = try configuration.codebookStrides.enumerated().map { index, stride in
            try VectorQuantizer(
                weights.scope("quantizers").scope(index), latentCount: configuration.latentChannelCount,
                stride: stride, configuration: configuration, engine: engine, precision: precision)
        }
    }

    /// The codes of latents `[T, latent]`, `T` whole frames. `latents` becomes what is left over.
    func encode(_ latents: inout RowBuffer, _ work: inout QuantizerScratch) -> [[Int32]] {
        codebooks.map { $0.encode(&latents, &work) }
    }

    /// `latents` becomes `[T, latent]` of some whole frames of `codes`, which the caller has checked.
    func decode(
        _ codes: [[Int32]], frames: Range<Int>, into latents: inout RowBuffer, _ work: inout QuantizerScratch
    ) {
        latents.reshape(rowCount: 0, width: latentCount)
        latents.appendZeros(frames.count * latentsPerFrame)
        for (codebook, codes) in zip(codebooks, codes) {
            let perFrame = latentsPerFrame / codebook.stride
            codebook.decode(
                codes[frames.lowerBound * perFrame..<frames.upperBound * perFrame], addingTo: &latents, &work)
        }
    }
}
