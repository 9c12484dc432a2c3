public import Foundation
import OmniNN
public import OmniTensor

/// The language model of Mini-Omni (gpt-omni/mini-omni): LitGPT's decoder over eight streams of tokens, seven of audio
/// and one of text.
///
/// The value is immutable and shared by all conversations; what a conversation changes is in its ``KVCache``, its
/// ``DecoderWorkspace`` and its ``OmniGeneration``.
public struct OmniGPT: Sendable {
    /// The shape.
    public let configuration: Configuration

    let adapter: SpeechAdapter
    /// Looks tokens up.
    let table: TokenTable
    /// Gives logits; the table itself where the two are tied.
    let head: TokenTable
    let blocks: [DecoderBlock]
    let finalNorm: DecoderNorm
    let postAdapter: PostAdapter?
    let rotary: RotaryEmbedding

    /// Builds the decoder from weights named as in LitGPT's `lit_model.pth`.
    ///
    /// - Parameters:
    ///   - weights: the root of the checkpoint.
    ///   - configuration: the shape that the weights must have.
    ///   - engine: what to compute with.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`; `CheckpointError` when a tensor is missing, misshapen or of no use;
    ///   `ComputeEngineError` for a precision that the engine has not.
    public init(
        _ weights: WeightScope, configuration: Configuration, engine: any ComputeEngine,
        precision: WeightPrecision = .float32
    ) throws {
        try configuration.validate()
        let weights = weights.unwrapped(having: "transformer")
        let shape = configuration
        let rotary = RotaryEmbedding(
            rotaryWidth: shape.rotaryWidth, base: shape.rotaryBase, condenseRatio: shape.rotaryCondenseRatio)
        let precision = DecoderPrecision(asked: precision, layerCount: shape.layerCount)
        let body = weights.scope("transformer")
        self.configuration = configuration
        self.rotary = rotary
        adapter = try SpeechAdapter(
            weights.scope("whisper_adapter"), shape, engine: engine, precision: precision.outside)
        (table, head) = try Self.tables(weights, shape, engine: engine, precision: precision.outside)
        blocks = try (0..<shape.layerCount).map { index in
            try DecoderBlock(
                body.scope("h").scope(index), shape, rotary: rotary, engine: engine, layer: index, precision: precision)
        }
        finalNorm = try DecoderNorm(body.scope("ln_f"), shape, engine: engine)
        postAdapter =
            shape.postAdapterLayerCount > 0
            ? try PostAdapter(body, shape, rotary: rotary, engine: engine, precision: precision) : nil
        let parts: Set = ["transformer", "lm_head", "whisper_adapter", "vision_adapter"]
        try weights.requireAllRead(within: parts) { name in
            if shape.tiesEmbeddings, name == weights.path(of: "lm_head.weight") { return true }
            return shape.visionFeatureWidth != nil && name.hasPrefix(weights.path(of: "vision_adapter."))
        }
    }

    /// The table and the head, which are one where they are tied.
    private static func tables(
        _ weights: WeightScope, _ shape: Configuration, engine: any ComputeEngine, precision: WeightPrecision
    ) throws -> (table: TokenTable, head: TokenTable) {
        let headScope = weights.scope("lm_head")
        let tableScope = weights.scope("transformer").scope("wte")
        func table(_ scope: WeightScope, bias: Tensor<Float>?) throws -> TokenTable {
            try TokenTable(scope, bias: bias, shape, engine: engine, precision: precision)
        }
        let bias = shape.hasHeadBias ? try headScope.tensor("bias", [shape.rowCount]) : nil
        guard shape.tiesEmbeddings else {
            return try (table(tableScope, bias: nil), table(headScope, bias: bias))
        }
        // A checkpoint names tied weights twice, or once under either name. Only one is read: of weights that must be
        // converted, two would be in memory at once. PyTorch loads the head first and the table over it.
        let shared = try table(TokenTable.isStored(in: tableScope) ? tableScope : headScope, bias: bias)
        return (shared, shared)
    }

    /// A cache that remembers nothing.
    public func makeCache() -> KVCache {
        KVCache(
            layerCount: configuration.layerCount + configuration.postAdapterLayerCount,
            width: configuration.groupCount * configuration.headWidth)
    }

    /// Room to compute in. Kept by a conversation, so that its steps allocate nothing.
    public func makeWorkspace() -> DecoderWorkspace { DecoderWorkspace(configuration) }
}

extension OmniGPT {
    /// Opens a published decoder.
    ///
    /// - Parameters:
    ///   - weights: `lit_model.pth`, or the same tensors in safetensors.
    ///   - configuration: `model_config.yaml`.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`, `CheckpointError`; `ComputeEngineError` for a precision that the engine has
    ///   not.
    public static func load(
        weights: URL, configuration: URL, engine: (any ComputeEngine)? = nil,
        precision: WeightPrecision = .float32
    ) throws -> OmniGPT {
        try OmniGPT(
            WeightScope(Checkpoint(contentsOf: weights)), configuration: Configuration.load(from: configuration),
            engine: engine ?? NativeEngine(), precision: precision)
    }
}
