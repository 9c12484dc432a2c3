import Foundation

/// Small files that describe far more than they hold. A reader refuses them, or reads them within its budget.
enum HostileFile: String, CaseIterable {
    case sharedTuple = "torch-tuple-shared-by-tensors"
    case manyRanks = "torch-tensors-of-64-dimensions"
    case emptyTuples = "torch-empty-tuples"
    case sharedNames = "torch-long-names"
    case memo = "torch-memo"
    case safetensorsNames = "safetensors-names"
    case safetensorsNesting = "safetensors-nesting"
    case equalInputs = "onnx-equal-of-one-tensor"
    case emptyAttributes = "onnx-empty-attributes"
    case identityChain = "onnx-chain-of-identities"
    case packedNumbers = "onnx-packed-numbers"
    case templateIDs = "tokenizer-template-of-ids"
    case jsonValues = "tokenizer-values"
    case jsonNesting = "tokenizer-nesting"
    case merges = "tokenizer-merges"
    case addedTokens = "tokenizer-added-tokens"
    case expression = "tokenizer-expression"
    case byteLevelSteps = "tokenizer-spelling-steps"
    case padding = "tokenizer-padding"
    case characterMap = "sentencepiece-map-without-end"
    case pieces = "sentencepiece-long-pieces"
    case smallPieces = "sentencepiece-small-pieces"
    case yamlItems = "yaml-items"
    case yamlBrackets = "yaml-brackets"

    /// The reader that it is for.
    var target: FuzzTarget {
        switch self {
        case .sharedTuple, .manyRanks, .emptyTuples, .sharedNames, .memo: .torchPickle
        case .safetensorsNames, .safetensorsNesting: .safetensors
        case .equalInputs, .emptyAttributes, .identityChain, .packedNumbers: .onnx
        case .templateIDs, .jsonValues, .jsonNesting, .merges, .addedTokens, .expression, .byteLevelSteps, .padding:
            .tokenizerJSON
        case .characterMap, .pieces, .smallPieces: .tokenizerUnigram
        case .yamlItems, .yamlBrackets: .yaml
        }
    }

    /// A file of about so many bytes.
    func bytes(byteCount: Int) -> [UInt8] {
        switch self {
        case .sharedTuple, .manyRanks, .emptyTuples, .sharedNames, .memo: pickle(byteCount)
        case .safetensorsNames, .safetensorsNesting: safetensors(byteCount)
        case .equalInputs, .emptyAttributes, .identityChain, .packedNumbers: onnx(byteCount)
        case .characterMap, .pieces, .smallPieces: pieceModel(byteCount)
        case .yamlItems: Array(String(repeating: "- - - a\n", count: min(byteCount, 60_000) / 8).utf8)
        case .yamlBrackets: Array(("a: " + String(repeating: "[{a: ", count: min(byteCount, 60_000) / 5)).utf8)
        default: Array(tokenizer(byteCount).utf8)
        }
    }

    // MARK: Pickles

    private func text(_ text: String) -> [UInt8] { [0x58] + StoredZip.little(text.utf8.count, 4) + Array(text.utf8) }

    private func pickle(_ byteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x80, 2]
        let storage: [UInt8] =
            [0x28] + text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu")
            + [0x4b, 24, 0x74, 0x51, 0x71, 1, 0x30]
        let rebuild = Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8) + [0x71, 2, 0x30]
        let tensor: [UInt8] = [0x68, 2, 0x28, 0x68, 1, 0x4b, 0, 0x68, 0, 0x68, 0, 0x89, 0x4e, 0x74, 0x52]
        switch self {
        case .sharedTuple:
            bytes += [0x28] + [UInt8](repeating: 0x4e, count: 0)
            for _ in 0..<byteCount / 4 { bytes += [0x4b, 0] }
            bytes += [0x74, 0x71, 0, 0x30] + storage + rebuild + [0x7d, 0x28]
            for place in 0..<byteCount / 48 { bytes += text("t\(place)") + tensor }
        case .manyRanks:
            bytes += [0x28]
            for _ in 0..<64 { bytes += [0x4b, 1] }
            bytes += [0x74, 0x71, 0, 0x30] + storage + rebuild + tensor + [0x71, 3, 0x30, 0x7d, 0x28]
            for place in 0..<byteCount / 12 { bytes += text("t\(place)") + [0x68, 3] }
        case .emptyTuples:
            bytes += [0x7d, 0x28] + text("a") + [0x28]
            for place in 0..<byteCount { bytes += place % 1000 == 999 ? [0x74, 0x30, 0x28] : [0x29] }
            bytes += [0x74]
        case .memo:
            bytes += [0x7d, 0x28] + text("a") + [0x4e]
            for place in 0..<byteCount / 5 { bytes += [0x72] + StoredZip.little(place, 4) }
        default:
            // Dictionaries in each other, each with a long key.
            let key = text(String(repeating: "k", count: byteCount / 4)) + [0x71, 0, 0x30]
            bytes += key + [0x7d, 0x28]
            for _ in 0..<40 { bytes += [0x68, 0, 0x7d, 0x28] }
            for place in 0..<byteCount / 20 { bytes += text("k\(place)") + [0x4b, 1] }
            for _ in 0..<40 { bytes += [0x75] }
        }
        return bytes + [0x75, 0x2e]
    }

    private func safetensors(_ byteCount: Int) -> [UInt8] {
        var header = "{"
        if self == .safetensorsNames {
            for place in 0..<byteCount / 52 {
                header += "\"\(place)\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[\(place),\(place + 1)]},"
            }
            header.removeLast()
        } else {
            header += "\"a\":{\"x\":" + String(repeating: "[", count: byteCount)
        }
        header += "}"
        return StoredZip.little(header.utf8.count, 8) + Array(header.utf8)
            + [UInt8](repeating: 1, count: byteCount / 52)
    }

    // MARK: Protocol Buffers

    private func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for var value in [number << 3 | 2, bytes.count] {
            while value >= 128 {
                result.append(UInt8(value & 127 | 128))
                value >>= 7
            }
            result.append(UInt8(value))
        }
        return result + bytes
    }

    private func onnx(_ byteCount: Int) -> [UInt8] {
        var graph: [UInt8] = []
        func name(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
        switch self {
        case .equalInputs:
            let tensor =
                name(8, "big") + [0x08] + [0x80, 0x80, 0x04] + [0x10, 7]
                + field(9, [UInt8](repeating: 0, count: byteCount / 2))
            var equal = name(4, "Equal") + name(2, "c") + name(1, "sr")
            for _ in 0..<byteCount / 10 { equal += name(1, "big") }
            let branch =
                field(5, name(1, "then_branch") + field(6, [])) + field(5, name(1, "else_branch") + field(6, []))
            graph = field(5, tensor) + field(1, equal)
            for _ in 0..<20 { graph += field(1, name(4, "If") + name(1, "c") + branch) }
        case .emptyAttributes:
            graph = field(1, (0..<byteCount / 2).flatMap { _ in [0x2a, 0] as [UInt8] })
        case .identityChain:
            for place in 0..<byteCount / 24 {
                graph += field(1, name(4, "Identity") + name(1, "v\(place + 1)") + name(2, "v\(place)"))
            }
            graph += field(1, name(4, "Conv") + name(1, "x") + name(1, "v0") + name(2, "y"))
        default:
            graph = field(5, name(8, "a") + field(7, [UInt8](repeating: 1, count: byteCount)))
        }
        return field(7, graph)
    }

    private func pieceModel(_ byteCount: Int) -> [UInt8] {
        var model = field(1, field(1, Array("<unk>".utf8)) + [0x18, 2])
        switch self {
        case .characterMap:
            let map: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 97, count: byteCount)
            model += field(3, field(2, map))
        case .pieces:
            for place in 0..<byteCount / 1000 {
                model += field(1, field(1, Array("\(place)".utf8) + [UInt8](repeating: 97, count: 980)))
            }
        default:
            for place in 0..<byteCount / 10 { model += field(1, field(1, Array(String(place, radix: 36).utf8))) }
        }
        return model
    }

    // MARK: tokenizer.json

    private func tokenizer(_ byteCount: Int) -> String {
        func list(_ item: String, _ count: Int) -> String {
            Array(repeating: item, count: count).joined(separator: ",")
        }
        var (added, pre, post, more, merges) = ("", "{\"type\":\"ByteLevel\"}", "null", "null", "")
        switch self {
        case .templateIDs:
            let ids = list("1", byteCount / 4)
            post =
                "{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":\"A\"}},"
                + list("{\"SpecialToken\":{\"id\":\"e\"}}", byteCount / 60)
                + "],\"special_tokens\":{\"e\":{\"ids\":[\(ids)]}}}"
        case .jsonValues: more = "[" + list("[]", byteCount / 3) + "]"
        case .jsonNesting: more = String(repeating: "[", count: byteCount)
        case .merges: merges = list("\"a a\"", byteCount / 6)
        case .addedTokens:
            let content = String(repeating: "x", count: byteCount - 100)
            added = "{\"id\":9,\"content\":\"\(content)\"}"
        case .expression:
            let text = String(repeating: "(a*)*", count: 60) + String(repeating: "(?:a|b){9}", count: 20)
            pre =
                "{\"type\":\"Sequence\",\"pretokenizers\":["
                + list("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\(text)\"},\"behavior\":\"Isolated\"}", 30) + "]}"
        case .byteLevelSteps:
            pre = "{\"type\":\"Sequence\",\"pretokenizers\":[" + list("{\"type\":\"ByteLevel\"}", byteCount / 21) + "]}"
        default: more = "null,\"padding\":{\"strategy\":{\"Fixed\":1000000000},\"pad_id\":1}"
        }
        return "{\"added_tokens\":[\(added)],\"pre_tokenizer\":\(pre),\"post_processor\":\(post),\"decoder\":null,"
            + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"aa\":1},\"merges\":[\(merges)]},\"more\":\(more)}"
    }
}
