import CommandSupport
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
        return "\(part): \(file.terminalSafeLine) (\(size)\(parameters))\n" + lines.joined()
    }

    private init(_ part: String, _ url: URL, weights: Checkpoint?, facts: KeyValuePairs<String, String>) throws {
        self.part = part
        file = url.path
        byteCount = weights?.byteCount ?? (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        parameterCount = weights.map { weights in
            weights.entries.reduce(0) { count, entry in
                guard let matrix = weights.packedMatrices[entry.key] else {
                    return count + entry.value.shape.elementCount
                }
                return count + matrix.shape.elementCount + (matrix.hasBias ? matrix.outputWidth : 0)
            }
        }
        self.facts =
            facts.map { Fact(name: $0.key, value: $0.value) }
            + (try weights?.packedPrecision().map { [Fact(name: "packed as", value: $0.name)] } ?? [])
    }
}

extension PartReport {
    static func languageModel(_ directory: ModelDirectory) throws -> PartReport {
        let shape = try OmniGPT.Configuration.load(from: directory.languageModelConfiguration)
        return try PartReport(
            "language model", directory.languageModel, weights: Checkpoint(contentsOf: directory.languageModel),
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
        let shape = try WhisperEncoder.configuration(at: directory.encoder)
        return try PartReport(
            "speech encoder", directory.encoder, weights: Checkpoint(contentsOf: directory.encoder),
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
            "codec", directory.codec, weights: codecWeights(directory.codec),
            facts: [
                "sample rate": "\(shape.sampleRate) Hz",
                "codebooks": "\(shape.codebookStrides.count) of \(shape.codebookSize)",
                "frame": "\(shape.samplesPerFrame) samples, \(shape.codesPerFrame.reduce(0, +)) codes",
                "noise": shape.hasNoise ? "yes" : "no",
                "attention": shape.attentionWindowCount.map { "windows of \($0)" } ?? "none",
            ])
    }

    static func tokenizer(_ directory: ModelDirectory) throws -> PartReport {
        let tokenizer = try TextTokenizer.load(from: directory.tokenizer.deletingLastPathComponent())
        return try PartReport(
            "tokenizer", directory.tokenizer, weights: nil,
            facts: [
                "tokens": "\(tokenizer.vocabularyCount)",
                "passed over": tokenizer.passedOver.map(\.description) ?? "nothing",
            ])
    }

    private static func codecWeights(_ folder: URL) throws -> Checkpoint? {
        let names = [
            "pytorch_model.bin", "model.safetensors", "pytorch_model.bin.index.json", "model.safetensors.index.json",
        ]
        let files = names.map { folder.appending(path: $0) }
        let file = files.first { FileManager.default.fileExists(atPath: $0.path) }
        return try file.map { try Checkpoint(contentsOf: $0) }
    }
}
