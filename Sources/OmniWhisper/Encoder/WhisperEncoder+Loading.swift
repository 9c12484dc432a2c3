public import Foundation
public import OmniTensor

extension WhisperEncoder {
    /// Opens a published encoder: a `.pt` file of openai-whisper, a safetensors or `.bin` file of Hugging Face, or a
    /// folder as Hugging Face has it.
    ///
    /// The dimensions are those that the file names (`dims`); otherwise those of the `config.json` beside it; where
    /// there is none, they are found out from the shapes, see ``Configuration/init(shapesOf:)``.
    ///
    /// - Parameters:
    ///   - url: the file, or a folder with `model.safetensors` or `pytorch_model.bin`, or the list of the files of
    ///     either (`*.index.json`).
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `ModelConfigurationError`; a fault of the file, or a folder without either file, as a
    ///   `CheckpointError`; `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        from url: URL, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32
    ) throws -> WhisperEncoder {
        let file = try weightFile(at: url)
        let checkpoint = try Checkpoint(contentsOf: file)
        let weights = WeightScope(checkpoint)
        return try WhisperEncoder(
            weights, configuration: configuration(of: checkpoint, weights, at: file),
            engine: engine ?? NativeEngine(), precision: precision)
    }

    /// The dimensions of a published encoder, without its weights; see ``load(from:engine:precision:)``.
    ///
    /// - Throws: as loading does.
    public static func configuration(at url: URL) throws -> Configuration {
        let file = try weightFile(at: url)
        let checkpoint = try Checkpoint(contentsOf: file)
        return try configuration(of: checkpoint, WeightScope(checkpoint), at: file)
    }

    /// What Hugging Face calls the weights of a model, in one file or in several.
    private static let weightFileNames = [
        "model.safetensors", "pytorch_model.bin", "model.safetensors.index.json", "pytorch_model.bin.index.json",
    ]

    static func weightFile(at url: URL) throws(CheckpointError) -> URL {
        isDirectory(url) ? try Checkpoint.weightFile(in: url, named: weightFileNames) : url
    }

    static func isDirectory(_ url: URL) -> Bool {
        (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    }

    /// The dimensions of an encoder in a file: those that it names, those of the `config.json` beside it, or else those
    /// that its shapes tell.
    package static func configuration(
        of checkpoint: Checkpoint, _ weights: WeightScope, at file: URL
    ) throws -> Configuration {
        try Configuration(of: checkpoint, weights, at: file)
    }
}
