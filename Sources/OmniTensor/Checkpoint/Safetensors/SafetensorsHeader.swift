internal import OmniFormats

/// The header of a safetensors file, unchecked.
struct SafetensorsHeader {
    /// One tensor as the header describes it.
    struct Entry {
        var name: String
        var scalarType = ""
        var shape: [Int] = []
        var start = 0
        var end = 0
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    /// - Throws: ``CheckpointError``.
    init(_ scanner: consuming CheckpointJSONScanner) throws(CheckpointError) {
        var names: Set<String> = []
        try scanner.expect("{")
        var isFirst = true
        while try scanner.another(closing: "}", isFirst: &isFirst) {
            let name = try scanner.string()
            try scanner.spend(Self.entryByteCount + 2 * name.utf8.count)
            guard names.insert(name).inserted else { throw scanner.malformed("the name \(name) is given twice") }
            try scanner.expect(":")
            if name == "__metadata__" {
                metadata = try scanner.stringTable()
            } else {
                entries.append(try Self.entry(name, &scanner))
            }
        }
        try scanner.expectEnd()
    }

    /// What an entry becomes in all tables of a checkpoint, beside its name.
    private static let entryByteCount = 256

    private static func entry(
        _ name: String, _ scanner: inout CheckpointJSONScanner
    ) throws(CheckpointError) -> Entry {
        var entry = Entry(name: name)
        var (hasType, hasShape, hasOffsets) = (false, false, false)
        try scanner.expect("{")
        var isFirst = true
        while try scanner.another(closing: "}", isFirst: &isFirst) {
            let key = try scanner.string()
            func once(_ seen: inout Bool) throws(CheckpointError) {
                guard !seen else { throw scanner.malformed("\(key) is given twice for \(name)") }
                seen = true
            }
            try scanner.expect(":")
            switch key {
            case "dtype":
                try once(&hasType)
                entry.scalarType = try scanner.string()
            case "shape":
                try once(&hasShape)
                entry.shape = try scanner.integers(limit: StoredTensor.rankLimit)
                try scanner.spend(3 * 8 * entry.shape.count)
            case "data_offsets":
                try once(&hasOffsets)
                let offsets = try scanner.integers(limit: 2)
                guard offsets.count == 2 else {
                    throw scanner.malformed("data_offsets of \(name) are not two numbers")
                }
                (entry.start, entry.end) = (offsets[0], offsets[1])
            // Other programs note more about their tensors.
            default: try scanner.skipValue()
            }
        }
        guard hasType, hasShape, hasOffsets else {
            throw scanner.malformed("\(name) lacks one of dtype, shape and data_offsets")
        }
        return entry
    }
}
