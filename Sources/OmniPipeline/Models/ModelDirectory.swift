public import Foundation

/// The files of a published model, found in a folder and checked to be there.
///
/// It takes the folder that Mini-Omni's own code reads, the same with everything in one place, and a snapshot in the
/// cache of Hugging Face's hub (`models--…--…` or a folder below `snapshots`, symbolic links and all):
///
/// | part | places, the first that is there |
/// |---|---|
/// | language model | `lit_model.pth`, `lit_model.safetensors`, or the list of its files, `lit_model.*.index.json` |
/// | its configuration | `model_config.yaml` |
/// | speech encoder | `small.pt`, `whisper/`, `whisper.*`, `whisper-*.*`; else the one other file with an encoder |
/// | codec | `snac/`, `snac_24khz/`, the folder itself, or beside it in the cache |
/// | tokenizer | `tokenizer.json`, `tokenizer.model` |
/// | voice activity | `silero_vad.onnx`, `silero_vad.safetensors`; optional |
/// | turn end | `smart-turn-v3.2-cpu.onnx` or another file of Smart Turn version 3; optional |
public struct ModelDirectory: Sendable, Hashable {
    /// What a file is for.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// Weights of the language model.
        case languageModel = "language model"
        /// Its shape.
        case languageModelConfiguration = "configuration of the language model"
        /// Weights of the speech encoder.
        case encoder = "speech encoder"
        /// Configuration and weights of the codec.
        case codec = "codec"
        /// The vocabulary.
        case tokenizer = "tokenizer"
        /// The model that tells speech from silence. A whole model may be without.
        case voiceActivity = "voice activity model"
    }

    /// The folder with the files; for a cache, that of the snapshot.
    public let url: URL
    /// The weights of the language model.
    public let languageModel: URL
    /// The shape of the language model, YAML.
    public let languageModelConfiguration: URL
    /// The weights of the speech encoder.
    public let encoder: URL
    /// The folder with the codec's `config.json` and weights.
    public let codec: URL
    /// The tokenizer.
    public let tokenizer: URL
    /// The folder with the tokenizer, both of its files and their settings.
    package var tokenizerFolder: URL { tokenizer.deletingLastPathComponent() }
    /// The detector of voice activity; `nil` when there is none.
    public let voiceActivity: URL?

    /// The model that judges whether turns are over; `nil` when there is none.
    public let turnEnd: URL?

    private static let turnEndNames = ["v3.2-cpu", "v3.2-gpu", "v3.1-cpu", "v3.1-gpu", "v3.0"].map {
        "smart-turn-\($0).onnx"
    }

    private static let languageModelNames = [
        "lit_model.pth", "lit_model.safetensors", "lit_model.safetensors.index.json", "lit_model.bin.index.json",
        "lit_model.pth.index.json",
    ]

    /// Looks for the files. Their contents are checked when they are loaded.
    ///
    /// - Throws: ``ModelDirectoryError`` with everything that is missing.
    public init(_ url: URL) throws(ModelDirectoryError) {
        var search = try ModelSearch(url)
        let languageModel = search.find(.languageModel, among: Self.languageModelNames)
        let configuration = search.find(.languageModelConfiguration, among: ["model_config.yaml"])
        let encoder = search.findEncoder()
        let codec = search.findCodec()
        let tokenizer = search.find(.tokenizer, among: ["tokenizer.json", "tokenizer.model"])
        guard search.problems.isEmpty, let languageModel, let configuration, let encoder, let codec, let tokenizer
        else { throw ModelDirectoryError(directory: url.path, problems: search.problems) }
        self.url = search.folder
        self.languageModel = languageModel
        languageModelConfiguration = configuration
        self.encoder = encoder
        self.codec = codec
        self.tokenizer = tokenizer
        voiceActivity = search.file(among: Self.voiceActivityNames)
        turnEnd = search.file(among: Self.turnEndNames)
    }

    /// Looks for a codec alone: the folder of a whole model, or one with the codec's files.
    ///
    /// - Returns: the folder with `config.json` and weights.
    /// - Throws: ``ModelDirectoryError``.
    public static func codec(in url: URL) throws(ModelDirectoryError) -> URL {
        var search = try ModelSearch(url)
        guard let codec = search.findCodec() else {
            throw ModelDirectoryError(directory: url.path, problems: search.problems)
        }
        return codec
    }

    /// Looks for a voice activity model alone.
    ///
    /// - Parameter url: the folder of a whole model, or one with the file; what is no folder is taken for the file.
    /// - Throws: ``ModelDirectoryError`` for a folder that has none.
    public static func voiceActivity(in url: URL) throws(ModelDirectoryError) -> URL {
        guard ModelSearch.isFolder(url) else { return url }
        var search = try ModelSearch(url)
        guard let file = search.find(.voiceActivity, among: voiceActivityNames) else {
            throw ModelDirectoryError(directory: url.path, problems: search.problems)
        }
        return file
    }

    private static let voiceActivityNames = ["silero_vad.onnx", "silero_vad.safetensors"]
}
