import Foundation
import OmniTensor

extension RandomModel {
    /// `tokenizer.json` and `tokenizer_config.json` of a byte-level BPE with as many entries as the text vocabulary has
    /// room for: the bytes, then pairs of bytes, then a byte more.
    func writeTokenizer(to directory: URL) throws {
        let alphabet = Self.byteAlphabet
        let specialNames = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
        var pieces = alphabet
        var merges: [(left: String, right: String)] = []
        var left = 0
        while pieces.count < dimensions.textTokenCount - specialNames.count {
            for right in alphabet where pieces.count < dimensions.textTokenCount - specialNames.count {
                merges.append((pieces[left], right))
                pieces.append(pieces[left] + right)
            }
            left += 1
        }
        let file = TokenizerFile(
            addedTokens: specialNames.enumerated().map { .init(id: pieces.count + $0.offset, content: $0.element) },
            model: .init(
                vocab: Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($0.element, $0.offset) }),
                merges: merges.map { "\($0.left) \($0.right)" }))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try OutputFile.write(encoder.encode(file), to: directory.appending(path: "tokenizer.json").path)
        let configuration = #"{"bos_token": null, "eos_token": "<|im_end|>", "add_prefix_space": false}"#
        try OutputFile.write(configuration.utf8, to: directory.appending(path: "tokenizer_config.json").path)
    }

    /// The character that stands for each byte in byte-level BPE (GPT-2): itself where it prints, one from U+0100 on
    /// where it does not.
    private static var byteAlphabet: [String] {
        var spare = UInt32(0x100)
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Unicode.Scalar(byte))
            default:
                defer { spare += 1 }
                return Unicode.Scalar(spare).map { String($0) } ?? ""
            }
        }
    }
}

/// What of Hugging Face's `tokenizer.json` a Qwen2 tokenizer uses.
private struct TokenizerFile: Encodable {
    struct AddedToken: Encodable {
        let id: Int
        let content: String
        let single_word = false
        let lstrip = false
        let rstrip = false
        let normalized = false
        let special = true
    }
    struct Model: Encodable {
        let type = "BPE"
        let vocab: [String: Int]
        let merges: [String]
    }
    struct Pattern: Encodable {
        let Regex =
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }
    struct Step: Encodable {
        let type: String
        var pattern: Pattern?
        var behavior: String?
        var invert: Bool?
        var add_prefix_space: Bool?
        var trim_offsets: Bool?
        var use_regex: Bool?
        var pretokenizers: [Step]?

        static let byteLevel = Step(
            type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false)
        static let split = Step(type: "Split", pattern: Pattern(), behavior: "Isolated", invert: false)
    }

    let version = "1.0"
    let addedTokens: [AddedToken]
    let normalizer = Step(type: "NFC")
    let preTokenizer = Step(type: "Sequence", pretokenizers: [.split, .byteLevel])
    let postProcessor = Step.byteLevel
    let decoder = Step.byteLevel
    let model: Model

    enum CodingKeys: String, CodingKey {
        case version, normalizer, decoder, model
        case addedTokens = "added_tokens"
        case preTokenizer = "pre_tokenizer"
        case postProcessor = "post_processor"
    }
}
