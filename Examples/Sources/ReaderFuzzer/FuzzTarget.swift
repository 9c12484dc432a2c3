import Foundation
import OmniCore
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniTokenizer
import OmniVAD
import OmniWhisper

/// A reader under test: what files it is given, and what is done with what it reads.
enum FuzzTarget: String, CaseIterable {
    case safetensors
    case torchArchive = "torch-archive"
    case torchPickle = "torch-pickle"
    case torchLegacy = "torch-legacy"
    case shardIndex = "shard-index"
    case tokenizerJSON = "tokenizer-json"
    case tokenizerBPE = "tokenizer-bpe"
    case tokenizerUnigram = "tokenizer-unigram"
    case onnx
    case smartTurn = "smart-turn"
    case yaml
    case codecJSON = "codec-json"
    case encoderJSON = "encoder-json"
    case wav

    /// How the bytes of its files are changed.
    var syntax: Mutator.Syntax {
        switch self {
        case .safetensors, .torchArchive, .torchLegacy, .wav: .bytes
        case .torchPickle: .pickle
        case .shardIndex, .tokenizerJSON, .codecJSON, .encoderJSON: .json
        case .tokenizerBPE, .tokenizerUnigram, .onnx, .smartTurn: .protobuf
        case .yaml: .yaml
        }
    }

    /// Files that it reads, from the folder of fixtures.
    func seeds(in fixtures: URL) throws -> [[UInt8]] {
        func file(_ name: String, limit: Int = .max) throws -> [UInt8] {
            try [UInt8](Data(contentsOf: fixtures.appending(path: name)).prefix(limit))
        }
        switch self {
        case .safetensors: return try [Self.safetensorsFile, file("tiny/resample.safetensors")]
        case .torchArchive:
            return try ["plain", "foreign", "wrapped", "script"].map { try file("torch_files/\($0).pt") }
        case .torchPickle:
            // All with the same storages, so that what is read depends on the pickle alone.
            return try [StoredZip.entry("data.pkl", in: file("torch_files/plain.pt"))]
        case .torchLegacy: return try ["legacy", "foreign-legacy"].map { try file("torch_files/\($0).pt") }
        case .shardIndex:
            let text = #"{"metadata": {"total_size": 1}, "weight_map": {"a": "x.bin", "b.c": "y.safetensors"}}"#
            return [Array(text.utf8)]
        case .tokenizerJSON: return try [file("tiny/checkpoint/tokenizer.json"), Self.tokenizerFile]
        case .tokenizerBPE: return try [file("sentencepiece/bpe.model")]
        case .tokenizerUnigram: return [Self.unigramFile]
        case .onnx:
            return try [ShrunkONNX.file(file("vad/synthetic/v5.onnx")), ShrunkONNX.file(file("vad/synthetic/v4.onnx"))]
        case .smartTurn: return try [file("smart_turn/int8.onnx")]
        case .yaml: return try [file("tiny/checkpoint/model_config.yaml")]
        case .codecJSON: return try [file("tiny/checkpoint/snac/config.json")]
        case .encoderJSON:
            let text =
                #"{"num_mel_bins":80,"max_source_positions":1500,"d_model":64,"encoder_attention_heads":4,"#
                + #""encoder_layers":2,"encoder_ffn_dim":256,"activation_function":"gelu"}"#
            return [Array(text.utf8)]
        case .wav: return try [file("audio/q_short_16k.wav", limit: 3000), file("audio/stereo_44k.wav", limit: 3000)]
        }
    }

    /// Reads a file and uses it. Returns why it was not read; faults of other kinds than the readers' own are thrown.
    func read(_ bytes: [UInt8], scratch: URL) throws -> String? {
        do {
            switch self {
            case .safetensors, .torchArchive, .torchLegacy: try readCheckpoint(bytes, scratch)
            case .torchPickle:
                // Those of plain.pt.
                let counts = [48, 6, 20, 40, 32, 3, 0, 4]
                let storages = counts.enumerated().map { ("a/data/\($0)", [UInt8](repeating: 1, count: $1)) }
                try readCheckpoint(StoredZip.archive([("a/data.pkl", bytes)] + storages), scratch)
            case .shardIndex:
                try Data(bytes).write(to: scratch.appendingPathExtension("json"))
                _ = try Checkpoint(contentsOf: scratch.appendingPathExtension("json"))
            case .tokenizerJSON: use(try ByteLevelBPETokenizer(json: bytes))
            case .tokenizerBPE, .tokenizerUnigram: use(try SentencePieceTokenizer(model: bytes))
            case .onnx: _ = try SileroVAD(onnx: Data(bytes))
            case .smartTurn: _ = try SmartTurn(onnx: Data(bytes), engine: Self.engine)
            case .yaml: _ = try OmniGPT.Configuration(yaml: String(decoding: bytes, as: UTF8.self))
            case .codecJSON:
                try Data(bytes).write(to: scratch)
                _ = try SNAC.Configuration(contentsOf: scratch)
            case .encoderJSON:
                try Data(bytes).write(to: scratch)
                _ = try WhisperEncoder.Configuration(contentsOf: scratch)
            case .wav:
                var reader = try WAVReader(bytes)
                while let chunk = try reader.read(frameCount: 4096) { _ = chunk.samples.count }
            }
            return nil
        } catch let error as CheckpointError {
            return error.description
        } catch let error as TokenizerError {
            return error.description
        } catch let error as ModelConfigurationError {
            return error.description
        } catch let error as WAVError {
            return "\(error)"
        } catch let error as ComputeEngineError {
            return "\(error)"
        }
    }

    /// One for all files: an engine of its own would start threads for each.
    private static let engine = ReferenceEngine()

    private func readCheckpoint(_ bytes: [UInt8], _ scratch: URL) throws {
        try Data(bytes).write(to: scratch)
        let checkpoint = try Checkpoint(contentsOf: scratch)
        // All of them are kept, as a model keeps its weights.
        let tensors = try checkpoint.entries.keys.sorted().prefix(64).map { try checkpoint.floats($0) }
        withExtendedLifetime(tensors) {}
    }

    private static let texts = [
        "", "What is your name?", "  é\u{301}你好 😀\n<|im_end|> x▁y 12345 'LL", "<0x41>\u{0}",
    ]

    private func use(_ tokenizer: some Tokenizer) {
        for text in Self.texts {
            let ids = tokenizer.encode(text)
            _ = tokenizer.decode(ids, keepingSpecialTokens: true)
        }
        _ = tokenizer.decode((-1..<300).map { TokenID($0) }, keepingSpecialTokens: false)
    }
}
