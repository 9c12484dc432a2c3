public import Foundation
public import OmniTensor

extension OmniGPT {
    /// Opens a published decoder.
    ///
    /// - Parameters:
    ///   - weights: `lit_model.pth`, or the same tensors in safetensors.
    ///   - configuration: `model_config.yaml`.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: ``OmniGPTError`` for a fault of the configuration, `CheckpointError` for one of the weights,
    ///   `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        weights: URL, configuration: URL, engine: (any ComputeEngine)? = nil,
        precision: WeightPrecision = .float32
    ) throws -> OmniGPT {
        try OmniGPT(
            WeightScope(Checkpoint(contentsOf: weights)), configuration: Configuration.load(from: configuration),
            engine: engine ?? NativeEngine(), precision: precision)
    }
}
