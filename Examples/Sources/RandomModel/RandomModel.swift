public import Foundation
import OmniTensor

/// Writes a model with random weights in the published file formats: the dimensions, the file sizes and the speed of a
/// real one, without anything to say.
///
/// The rows of special tokens are zero, so that greedy decoding never chooses one: a reply runs until a limit ends
/// it.
public struct RandomModel: Sendable {
    /// How large the parts are.
    public let dimensions: RandomModelDimensions
    /// Two models of the same dimensions and seed are equal byte by byte.
    public let seed: UInt64

    /// What ``write(to:progress:)`` makes in its directory.
    public static let names = [
        "model_config.yaml", "tokenizer.json", "tokenizer_config.json", "snac", "small.pt", "lit_model.pth",
    ]

    /// Describes a model; ``write(to:progress:)`` makes it.
    public init(dimensions: RandomModelDimensions, seed: UInt64 = 0) {
        self.dimensions = dimensions
        self.seed = seed
    }

    /// Writes all files of the model into a directory, which is made if needed. Files of the same names are replaced.
    ///
    /// - Parameters:
    ///   - directory: where to.
    ///   - progress: called with each file's name before it is written.
    /// - Throws: `CheckpointError/Code/unwritable` or `OutputFileError` when a file cannot be written.
    public func write(to directory: URL, progress: (String) -> Void = { _ in }) throws {
        let codecDirectory = directory.appending(path: "snac", directoryHint: .isDirectory)
        try OutputFile.makeFolder(codecDirectory.path)

        progress("model_config.yaml")
        try OutputFile.write(languageModelConfiguration.utf8, to: directory.appending(path: "model_config.yaml").path)
        progress("tokenizer.json")
        try writeTokenizer(to: directory)
        progress("snac")
        try writeCodec(to: codecDirectory)
        progress("small.pt")
        try writeEncoder(to: directory.appending(path: "small.pt"))
        progress("lit_model.pth")
        try writeLanguageModel(to: directory.appending(path: "lit_model.pth"))
    }
}
