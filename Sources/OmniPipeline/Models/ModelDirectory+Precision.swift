import Foundation
import OmniSNAC
public import OmniTensor

extension ModelDirectory {
    /// The precisions of the model's files: those that packed files were packed with, and `published`'s for the others.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be opened.
    public func precision(published: PrecisionPlan) throws(CheckpointError) -> PrecisionPlan {
        let packed = try packedPrecisions()
        return PrecisionPlan(
            encoder: packed[.encoder] ?? published.encoder, model: packed[.languageModel] ?? published.model,
            codec: packed[.codec] ?? published.codec)
    }

    /// The plan to load with: `wanted`, or the files' own.
    ///
    /// - Throws: ``ModelDirectoryError`` when a file was packed with another precision than is wanted.
    func precision(wanted: PrecisionPlan?) throws -> PrecisionPlan {
        guard let wanted else { return try precision(published: .float32) }
        let packed = try packedPrecisions()
        let asked = [Part.encoder: wanted.encoder, .languageModel: wanted.model, .codec: wanted.codec]
        let problems = Part.allCases.compactMap { part -> ModelDirectoryError.Problem? in
            guard let found = packed[part], let asked = asked[part], found != asked else { return nil }
            return .packed(part, as: found, wanted: asked)
        }
        guard problems.isEmpty else { throw ModelDirectoryError(directory: url.path, problems: problems) }
        return wanted
    }

    /// The precisions of those files that are packed.
    func packedPrecisions() throws(CheckpointError) -> [Part: WeightPrecision] {
        var files = [Part.encoder: encoder, .languageModel: languageModel]
        files[.codec] = try? SNAC.weightFile(in: codec)
        var precisions: [Part: WeightPrecision] = [:]
        for (part, file) in files where file.pathExtension == "safetensors" {
            precisions[part] = try Checkpoint(contentsOf: file).packedPrecision()
        }
        return precisions
    }
}
