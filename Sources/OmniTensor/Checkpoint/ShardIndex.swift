internal import Foundation
internal import OmniFormats

/// The list of the files of a sharded checkpoint: `model.safetensors.index.json`, `pytorch_model.bin.index.json`.
struct ShardIndex {
    /// The files, each once, in the order of their names.
    let fileNames: [String]
    /// The file that a tensor must be in.
    let fileOfTensor: [String: String]

    /// More files than any model is published in.
    private static let fileLimit = 4096

    /// - Throws: ``CheckpointError``; every file of the result lies beside the list.
    init(_ file: MappedFile) throws(CheckpointError) {
        var scanner = CheckpointJSONScanner(
            file.bytes, origin: 0, budget: ReadingBudget(fileByteCount: file.count), file: file.path)
        var table: [String: String]?
        try scanner.expect("{")
        var isFirst = true
        while try scanner.another(closing: "}", isFirst: &isFirst) {
            let name = try scanner.string()
            try scanner.expect(":")
            if name == "weight_map" {
                guard table == nil else { throw scanner.malformed("weight_map is given twice") }
                table = try scanner.stringTable()
            } else {
                try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        guard let table, !table.isEmpty else {
            throw CheckpointError(
                .malformed, file: file.path, reason: "there is no weight_map that says which file a tensor is in")
        }
        let names = Set(table.values)
        for name in names where name.isEmpty || name.contains("/") || name.contains("\\") || name.hasPrefix(".") {
            throw CheckpointError(
                .malformed, file: file.path, reason: "\(name) is no name of a file beside this one")
        }
        guard names.count <= Self.fileLimit else {
            throw CheckpointError(.unsupported, file: file.path, reason: "\(names.count) files are too many")
        }
        fileNames = names.sorted()
        fileOfTensor = table
    }
}
