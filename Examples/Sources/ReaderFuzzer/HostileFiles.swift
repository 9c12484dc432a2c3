import Foundation

/// Small files that describe far more than they hold. A reader refuses them, or reads them within its budget.
enum HostileFile: String, CaseIterable {
    case sharedTuple = "torch-tuple-shared-by-tensors"
    case manyRanks = "torch-tensors-of-64-dimensions"
    case emptyTuples = "torch-empty-tuples"
    case sharedNames = "torch-long-names"
    case memo = "torch-memo"
    case repeatedTensor = "torch-tensor-of-one-element"
    case repeatedShapes = "torch-shapes-of-one-element"
    case storageKey = "torch-long-storage-key"
    case className = "torch-long-name-of-a-class"
    case classNames = "torch-objects-of-a-long-class"
    case safetensorsNames = "safetensors-names"
    case safetensorsNesting = "safetensors-nesting"
    case equalInputs = "onnx-equal-of-one-tensor"
    case emptyAttributes = "onnx-empty-attributes"
    case identityChain = "onnx-chain-of-identities"
    case packedNumbers = "onnx-packed-numbers"
    case sharedKernel = "onnx-shared-initializer"
    case sharedMatrix = "smart-turn-shared-initializer"
    case sharedIntegers = "smart-turn-shared-integers"
    case scales = "smart-turn-scales-of-one-element"
    case attributes = "smart-turn-attributes-of-a-shared-node"
    case extents = "smart-turn-extents-of-a-shared-tensor"
    case inputs = "smart-turn-inputs-of-a-node"
    case operandName = "smart-turn-long-name-of-an-operand"
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
    case safetensorsMarks = "safetensors-marks"
    case shardMarks = "shard-index-marks"
    case pickleMarks = "torch-marks"
    case archiveMarks = "torch-archive-marks"
    case onnxMarks = "onnx-marks"
    case tokenizerMarks = "tokenizer-marks"
    case wordMarks = "tokenizer-marks-of-a-word"
    case yamlMarks = "yaml-marks"
    case configurationMarks = "codec-json-marks"
    case escapedMarks = "codec-json-escaped-marks"

    /// The reader that it is for.
    var target: FuzzTarget {
        switch self {
        case .sharedTuple, .manyRanks, .emptyTuples, .sharedNames, .memo, .repeatedTensor, .repeatedShapes, .className,
            .classNames, .pickleMarks:
            .torchPickle
        case .storageKey: .torchLegacy
        case .archiveMarks: .torchArchive
        case .safetensorsNames, .safetensorsNesting, .safetensorsMarks: .safetensors
        case .shardMarks: .shardIndex
        case .equalInputs, .emptyAttributes, .identityChain, .packedNumbers, .sharedKernel, .onnxMarks: .onnx
        case .sharedMatrix, .sharedIntegers, .scales, .attributes, .extents, .inputs, .operandName: .smartTurn
        case .templateIDs, .jsonValues, .jsonNesting, .merges, .addedTokens, .expression, .byteLevelSteps, .padding,
            .tokenizerMarks, .wordMarks:
            .tokenizerJSON
        case .characterMap, .pieces, .smallPieces: .tokenizerUnigram
        case .yamlItems, .yamlBrackets, .yamlMarks: .yaml
        case .configurationMarks, .escapedMarks: .codecJSON
        }
    }

    /// A file of about so many bytes.
    func bytes(byteCount: Int) -> [UInt8] {
        switch self {
        case .sharedTuple, .manyRanks, .emptyTuples, .sharedNames, .memo, .repeatedTensor, .repeatedShapes, .className,
            .classNames:
            pickle(byteCount)
        case .storageKey: legacyFile(byteCount)
        case .safetensorsNames, .safetensorsNesting: safetensors(byteCount)
        case .equalInputs, .emptyAttributes, .identityChain, .packedNumbers, .sharedKernel: onnx(byteCount)
        case .sharedMatrix, .sharedIntegers, .scales, .attributes, .extents, .inputs, .operandName: smartTurn(byteCount)
        case .safetensorsMarks, .shardMarks, .pickleMarks, .archiveMarks, .onnxMarks, .tokenizerMarks,
            .wordMarks, .yamlMarks, .configurationMarks, .escapedMarks:
            marked(byteCount)
        case .characterMap, .pieces, .smallPieces: pieceModel(byteCount)
        case .yamlItems: Array(String(repeating: "- - - a\n", count: min(byteCount, 60_000) / 8).utf8)
        case .yamlBrackets: Array(("a: " + String(repeating: "[{a: ", count: min(byteCount, 60_000) / 5)).utf8)
        default: Array(tokenizer(byteCount).utf8)
        }
    }

    // MARK: Pickles

    func text(_ text: String) -> [UInt8] { [0x58] + StoredZip.little(text.utf8.count, 4) + Array(text.utf8) }

    /// Names for a value of the memo, a thousand at a time as Python puts them into a dictionary.
    private func names(_ count: Int, memo: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        for place in 0..<count {
            bytes += text("t\(place)") + [0x68, memo]
            if place % 1000 == 999 { bytes += [0x75, 0x28] }
        }
        return bytes
    }

    private func pickle(_ byteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x80, 2]
        let storage: [UInt8] =
            [0x28] + text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu")
            + [0x4b, 12, 0x74, 0x51, 0x71, 1, 0x30]
        let rebuild = Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8) + [0x71, 2, 0x30]
        let tensor: [UInt8] = [0x68, 2, 0x28, 0x68, 1, 0x4b, 0, 0x68, 0, 0x68, 0, 0x89, 0x4e, 0x74, 0x52]
        // The same with strides of their own, and a dictionary that is begun.
        let view: [UInt8] =
            [0x68, 2, 0x28, 0x68, 1, 0x4b, 0, 0x68, 0, 0x68, 3, 0x89, 0x4e, 0x74, 0x52, 0x71, 4, 0x30, 0x7d, 0x28]
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
            bytes += names(byteCount / 12, memo: 3)
        case .emptyTuples:
            bytes += [0x7d, 0x28] + text("a") + [0x28]
            for place in 0..<byteCount { bytes += place % 1000 == 999 ? [0x74, 0x30, 0x28] : [0x29] }
            bytes += [0x74]
        case .repeatedTensor:
            // Of 8388608 elements, which are one.
            let count: [UInt8] = [0x4a, 0, 0, 0x80, 0]
            bytes += count + [0x85, 0x71, 0, 0x30, 0x4b, 0, 0x85, 0x71, 3, 0x30] + storage + rebuild
            bytes += view
            bytes += names(byteCount / 12, memo: 4)
        case .repeatedShapes:
            let (one, zero): ([UInt8], [UInt8]) = ([0x4b, 1], [0x4b, 0])
            bytes += [0x28, 0x4a, 255, 255, 255, 127] + (0..<63).flatMap { _ in one } + [0x74, 0x71, 0, 0x30]
            bytes += [0x28] + (0..<64).flatMap { _ in zero } + [0x74, 0x71, 3, 0x30] + storage + rebuild
            bytes += view
            bytes += names(byteCount / 12, memo: 4)
        case .className, .classNames:
            bytes += text(String(repeating: "k", count: byteCount / 4)) + [0x71, 0, 0x30]
            if self == .className {
                for _ in 0..<byteCount / 12 { bytes += [0x68, 0, 0x68, 0, 0x93, 0x30] }
                bytes += [0x7d, 0x28]
            } else {
                bytes += [0x68, 0, 0x68, 0, 0x93, 0x29, 0x52, 0x71, 1, 0x30, 0x7d, 0x28]
                bytes += names(byteCount / 12, memo: 1)
            }
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

    /// A file of the old format with a tensor of many names, whose storage has a long one.
    private func legacyFile(_ byteCount: Int) -> [UInt8] {
        let key = text(String(repeating: "k", count: byteCount / 3))
        var root: [UInt8] = [0x4b, 1, 0x85, 0x71, 0, 0x30, 0x28] + text("storage")
        root += Array("ctorch\nFloatStorage\n".utf8) + key + text("cpu") + [0x4b, 1, 0x74, 0x51, 0x71, 1, 0x30]
        root += Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8)
        root += [0x28, 0x68, 1, 0x4b, 0, 0x68, 0, 0x68, 0, 0x89, 0x4e, 0x74, 0x52, 0x71, 2, 0x30, 0x7d, 0x28]
        root += names(byteCount / 36, memo: 2)
        return Self.legacyFile(root + [0x75], keys: key + [0x85])
    }

    /// A file of the old format with one storage of one element.
    private static func legacyFile(_ root: [UInt8], keys: [UInt8]) -> [UInt8] {
        func pickle(_ body: [UInt8]) -> [UInt8] { [0x80, 2] + body + [0x2e] }
        let number: [UInt8] = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
        return pickle(number) + pickle([0x4d, 0xe9, 3]) + pickle([0x7d]) + pickle(root) + pickle(keys)
            + [1, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0]
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
