public import Foundation
import OmniCore
public import OmniTensor
import OmniTokenizer
public import OmniWhisper

extension WhisperTranscriber {
    /// Opens a Whisper model with its tokenizer.
    ///
    /// A `.pt` file of openai-whisper has no tokenizer in it. It is taken from `tokenizer`, or else from the folder of
    /// the model, the first of: `tokenizer.json`; `vocab.json` with `merges.txt`; a rank file, `multilingual.tiktoken`
    /// or for English-only models `gpt2.tiktoken`.
    ///
    /// - Parameters:
    ///   - url: a `.pt`, `.safetensors` or `.bin` file, or a folder as Hugging Face has it.
    ///   - tokenizer: one of the tokenizer's files, or a folder that has them; `nil` for the folder of the model.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    ///   - settings: what is done unless a caller asks otherwise.
    /// - Throws: `WhisperError`, `ModelConfigurationError`, `CheckpointError`, `TokenizerError`;
    ///   ``TranscriberLoadingError`` when there is no tokenizer.
    public static func load(
        from url: URL, tokenizer: URL? = nil, engine: (any ComputeEngine)? = nil,
        precision: WeightPrecision = .float32, settings: WhisperSettings = WhisperSettings()
    ) throws -> WhisperTranscriber {
        // Before the weights: a missing tokenizer is found out in milliseconds.
        let source = try WhisperTokenizerFiles(for: url, tokenizer)
        let model = try Whisper.load(from: url, engine: engine, precision: precision)
        let vocabularyCount = model.decoder.configuration.vocabularyCount
        let (tokens, count) = try source.load(vocabularyCount: vocabularyCount)
        let vocabulary = try WhisperVocabulary(tokens, textTokenCount: count, vocabularyCount: vocabularyCount)
        return WhisperTranscriber(model, vocabulary, settings)
    }
}

extension WhisperTranscriber {
    /// Whether this is a Whisper model and not a folder of Mini-Omni: a file of weights, or a folder whose
    /// `config.json` says so.
    public static func isModel(at url: URL) -> Bool {
        let values = try? url.resourceValues(forKeys: [.isDirectoryKey, .isRegularFileKey])
        if values?.isRegularFile ?? false { return true }
        let file = url.appending(path: "config.json")
        guard values?.isDirectory ?? false,
            let configuration = try? ConfigurationFile.decode(ModelKind.self, from: file)
        else { return false }
        return configuration.model_type == "whisper"
    }
}

/// What a `config.json` says of its model.
private struct ModelKind: Decodable {
    var model_type: String?
}

/// A Whisper model without a tokenizer.
public struct TranscriberLoadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where tokenizer files were looked for.
    public let directory: String

    public var description: String {
        "\(directory): there is no tokenizer for the model: neither tokenizer.json, nor vocab.json with merges.txt, "
            + "nor the rank file that openai-whisper ships (multilingual.tiktoken, or gpt2.tiktoken for English-only "
            + "models); put one of them there or name one"
    }
}

/// The files that a Whisper tokenizer is read from.
private struct WhisperTokenizerFiles {
    private let directory: URL
    /// A file that the caller has named.
    private let file: URL?

    /// - Throws: ``TranscriberLoadingError``.
    init(for model: URL, _ tokenizer: URL?) throws(TranscriberLoadingError) {
        let named = tokenizer ?? model
        let isDirectory = (try? named.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
        let folder = isDirectory ? named : named.deletingLastPathComponent()
        directory = folder
        file = tokenizer != nil && !isDirectory ? named : nil
        var isThere = file != nil
        for name in ["tokenizer.json", "vocab.json", "multilingual.tiktoken", "gpt2.tiktoken"] {
            isThere = isThere || FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        guard isThere else { throw TranscriberLoadingError(directory: folder.path) }
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.appending(path: name).path)
    }

    /// - Returns: the tokenizer, and how many tokens of text it has.
    func load(vocabularyCount: Int) throws -> (any Tokenizer, Int) {
        let isEnglish = vocabularyCount == 51_864
        let rankFile = isEnglish ? "gpt2.tiktoken" : "multilingual.tiktoken"
        let tokenizer: ByteLevelBPETokenizer
        if let file {
            tokenizer = try read(file)
        } else if exists("tokenizer.json") {
            tokenizer = try read(directory.appending(path: "tokenizer.json"))
        } else if exists("vocab.json"), exists("merges.txt") {
            tokenizer = try read(directory.appending(path: "vocab.json"))
        } else if exists(rankFile) {
            tokenizer = try read(directory.appending(path: rankFile))
        } else {
            throw TranscriberLoadingError(directory: directory.path)
        }
        // Special tokens begin with the end of text, which files of ranks do not have.
        let end = tokenizer.id(for: "<|endoftext|>").map { Int($0.rawValue) }
        return (tokenizer, end ?? tokenizer.baseVocabularyCount)
    }

    private func read(_ file: URL) throws -> ByteLevelBPETokenizer {
        if file.pathExtension == "tiktoken" { return try ByteLevelBPETokenizer(rankFile: file) }
        if file.lastPathComponent == "vocab.json" {
            let merges = file.deletingLastPathComponent().appending(path: "merges.txt")
            return try ByteLevelBPETokenizer(vocabulary: file, merges: merges)
        }
        return try ByteLevelBPETokenizer(contentsOf: file)
    }
}
