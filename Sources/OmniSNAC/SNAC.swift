public import Foundation
public import OmniCore
public import OmniTensor

/// SNAC (Siuzdak, hubertsiuzdak/snac): a codec whose codebooks run at several paces, from the coarsest to one code for
/// each latent.
///
/// The value is immutable and shared by all streams; what a stream changes is in its ``SNACStream``. Decoding whole is
/// the same as pushing all frames into a stream, and gives the same samples.
public struct SNAC: SpeechCodec {
    /// The shape of the codec.
    public let configuration: Configuration
    /// The noise of streams and decodings that name none themselves.
    public var noise: NoiseSource

    let encoder: SNACEncoder
    let quantizer: ResidualQuantizer
    let decoder: SNACDecoder
    let layout: FrameLayout
    let engine: any ComputeEngine

    /// Builds the codec from weights named as the published `pytorch_model.bin`.
    ///
    /// - Parameters:
    ///   - weights: the root of the checkpoint.
    ///   - configuration: the shape that the weights must have.
    ///   - noise: used where a call names none.
    ///   - engine: what to compute with.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`; `CheckpointError` when a tensor is missing, misshapen or of no use;
    ///   `ComputeEngineError` for a precision that the engine has not.
    public init(
        _ weights: WeightScope, configuration: Configuration, noise: NoiseSource = .seeded(0),
        engine: any ComputeEngine, precision: WeightPrecision = .float32
    ) throws {
        try configuration.validate()
        let weights = weights.unwrapped(having: "quantizer")
        self.configuration = configuration
        self.noise = noise
        self.engine = engine
        layout = FrameLayout(strides: configuration.codebookStrides)
        encoder = try SNACEncoder(
            weights.scope("encoder"), configuration: configuration, engine: engine, precision: precision)
        quantizer = try ResidualQuantizer(
            weights.scope("quantizer"), configuration: configuration, engine: engine, precision: precision)
        decoder = try SNACDecoder(
            weights.scope("decoder"), configuration: configuration, engine: engine, precision: precision)
        try weights.requireAllRead(within: ["encoder", "quantizer", "decoder"])
    }

    /// The rate of what the codec takes and gives, in Hz.
    public var outputSampleRate: Int { configuration.sampleRate }

    /// 2048 in the published 24 kHz codec.
    public var samplesPerFrame: Int { configuration.samplesPerFrame }

    /// A fresh stream with the codec's own noise.
    public func makeStream() -> SNACStream { makeStream(noise: noise) }

    /// A fresh stream, at sample 0.
    public func makeStream(noise: NoiseSource) -> SNACStream { SNACStream(self, noise: noise, isConcurrent: false) }

    /// A fresh stream that takes one of the engine's threads, where the engine has some.
    public func makeConcurrentStream() -> SNACStream? {
        engine.canReserveThread ? SNACStream(self, noise: noise, isConcurrent: true) : nil
    }
}

extension SNAC {
    /// Opens a published codec: a folder with `config.json` and `pytorch_model.bin` or `model.safetensors`, the former
    /// when there are both.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - noise: used where a call names none.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`; a fault of the weights, or none, as a `CheckpointError`;
    ///   `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        from directory: URL, noise: NoiseSource = .seeded(0), engine: (any ComputeEngine)? = nil,
        precision: WeightPrecision = .float32
    ) throws -> SNAC {
        let configuration = try Configuration(contentsOf: directory.appending(path: "config.json"))
        return try SNAC(
            WeightScope(Checkpoint(contentsOf: weightFile(in: directory))), configuration: configuration, noise: noise,
            engine: engine ?? NativeEngine(), precision: precision)
    }

    /// The file with the weights.
    ///
    /// - Throws: `CheckpointError` when there is none.
    package static func weightFile(in directory: URL) throws(CheckpointError) -> URL {
        try Checkpoint.weightFile(
            in: directory,
            named: [
                "pytorch_model.bin", "model.safetensors", "pytorch_model.bin.index.json",
                "model.safetensors.index.json",
            ])
    }
}
