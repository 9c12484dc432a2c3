import Foundation
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniTokenizer
import OmniWhisper

/// What one file of a model holds.
struct PartReport: Encodable {
    let part: String
    let file: String
    let byteCount: Int
    /// Weights in the file, shared ones once for each name.
    let parameterCount: Int?
    let facts: [Fact]

    struct Fact: Encodable {
        let name: String
        let value: String
    }

    /// A few lines for a person.
    var paragraph: String {
        let size = String(format: "%.1f MB", Double(byteCount) / 1e6)
        let parameters = parameterCount.map { String(format: ", %.1f M parameters", Double($0) / 1e6) } ?? ""
        let lines = facts.map { "  \($0.name.padding(toLength: 16, withPad: " ", startingAt: 0))\($0.value)\n" }
        return "\(part): \(file) (\(size)\(parameters))\n" + lines.joined()
    }

    private init(_ part: String, _ url: URL, tensors: [String: TensorInfo]?, facts: KeyValuePairs<String, String>) {
        self.part = part
        file = url.path
        byteCount = (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        parameterCount = tensors.map { $0.values.reduce(0) { $0 + $1.shape.elementCount } }
        self.facts = facts.map { Fact(name: $0.key, value: $0.value) }
    }
}

extension PartReport {
    static func languageModel(_ directory: ModelDirectory) throws -> PartReport {
        let shape = try OmniGPT.Configuration.load(from: directory.languageModelConfiguration)
        return try PartReport(
            "language model", directory.languageModel, tensors: Checkpoint(contentsOf: directory.languageModel).entries,
            facts: [
                "name": shape.name,
                "layers": "\(shape.layerCount)",
                "width": "\(shape.width)",
                "heads": "\(shape.headCount) of \(shape.headWidth), \(shape.groupCount) groups",
                "vocabulary": "\(shape.textVocabularyCount) text, 7 × \(shape.audioVocabularyCount) audio",
                "positions": "\(shape.contextLength)",
            ])
    }

    static func encoder(_ directory: ModelDirectory) throws -> PartReport {
        let shape = try WhisperEncoder.load(from: directory.encoder).configuration
        return try PartReport(
            "speech encoder", directory.encoder, tensors: Checkpoint(contentsOf: directory.encoder).entries,
            facts: [
                "layers": "\(shape.layerCount)",
                "width": "\(shape.width)",
                "heads": "\(shape.headCount)",
                "mel bins": "\(shape.melBinCount)",
                "hears": "\(Double(shape.contextLength) / 50) s",
            ])
    }

    static func codec(_ directory: ModelDirectory) throws -> PartReport {
        let configuration = directory.codec.appending(path: "config.json")
        let shape = try SNAC.Configuration(contentsOf: configuration)
        return try PartReport(
            "codec", directory.codec, tensors: codecTensors(directory.codec),
            facts: [
                "sample rate": "\(shape.sampleRate) Hz",
                "codebooks": "\(shape.codebookStrides.count) of \(shape.codebookSize)",
                "frame": "\(shape.samplesPerFrame) samples, \(shape.codesPerFrame.reduce(0, +)) codes",
                "noise": shape.hasNoise ? "yes" : "no",
                "attention": shape.attentionWindowCount.map { "windows of \($0)" } ?? "none",
            ])
    }

    static func tokenizer(_ directory: ModelDirectory) throws -> PartReport {
        let tokenizer = try TextTokenizer.load(from: directory.tokenizer)
        return PartReport(
            "tokenizer", directory.tokenizer, tensors: nil, facts: ["tokens": "\(tokenizer.vocabularyCount)"])
    }

    private static func codecTensors(_ folder: URL) throws -> [String: TensorInfo]? {
        let files = ["pytorch_model.bin", "model.safetensors"].map { folder.appending(path: $0) }
        let file = files.first { FileManager.default.fileExists(atPath: $0.path) }
        return try file.map { try Checkpoint(contentsOf: $0).entries }
    }
}
