public import Foundation
public import OmniTensor

extension SNAC {
    /// Opens a published codec: a folder with `config.json` and `pytorch_model.bin` or `model.safetensors`, the former
    /// when there are both.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - noise: used where a call names none.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: ``SNACError/unreadableConfiguration(file:reason:)``,
    ///   ``SNACError/invalidConfiguration(field:reason:)``,
    ///   ``SNACError/missingWeights(directory:)``; a fault of the weights as a `CheckpointError`; `ComputeEngineError`
    ///   for a precision that the engine has not.
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
    /// - Throws: ``SNACError/missingWeights(directory:)``.
    package static func weightFile(in directory: URL) throws(SNACError) -> URL {
        let names = [
            "pytorch_model.bin", "model.safetensors", "pytorch_model.bin.index.json", "model.safetensors.index.json",
        ]
        let candidates = names.map { directory.appending(path: $0) }
        guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw .missingWeights(directory: directory.path)
        }
        return file
    }
}
