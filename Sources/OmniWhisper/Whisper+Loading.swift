public import Foundation
public import OmniTensor

extension Whisper {
    /// Opens a published model: a `.pt` file of openai-whisper, a safetensors or `.bin` file of Hugging Face, or a
    /// folder as Hugging Face has it. Dimensions are found as for ``WhisperEncoder/load(from:engine:precision:)``;
    /// alignment heads are those of the `generation_config.json` beside the file, or else those of the published model
    /// of these dimensions.
    ///
    /// - Parameters:
    ///   - url: the file, or a folder with `model.safetensors` or `pytorch_model.bin`, or the list of the files of
    ///     either (`*.index.json`).
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: ``WhisperError``; a fault of the file as a `CheckpointError`; `ComputeEngineError` for a precision
    ///   that the engine has not.
    public static func load(
        from url: URL, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32
    ) throws -> Whisper {
        let engine = try engine ?? NativeEngine()
        let file = try WhisperEncoder.weightFile(at: url)
        let checkpoint = try Checkpoint(contentsOf: file)
        let weights = WeightScope(checkpoint)
        let encoder = try WhisperEncoder(
            weights, configuration: WhisperEncoder.configuration(of: checkpoint, weights, at: file), engine: engine,
            precision: precision)
        let decoder = try WhisperDecoder(
            weights, configuration: WhisperDecoder.Configuration(of: checkpoint, weights, at: file), engine: engine,
            precision: precision)
        let heads = try AlignmentHeads(beside: file) ?? AlignmentHeads(file: file, decoder.configuration)
        return try Whisper(encoder: encoder, decoder: decoder, alignmentHeads: heads)
    }
}
