/// Files with names of many combining marks that are not in the order of the normal form, by which Swift hashes and
/// compares strings: sorting them takes time that grows with the square of their number.
extension HostileFile {
    func marked(_ byteCount: Int) -> [UInt8] {
        // A YAML file has at most 64 KiB.
        let byteCount = target == .yaml ? min(byteCount, 60_000) : byteCount
        let marks = Self.marks(["\u{301}", "\u{316}"], byteCount: byteCount, each: 2)
        let escapes = Self.marks(["\\u0301", "\\u0316"], byteCount: byteCount, each: 6)
        switch self {
        case .safetensorsMarks:
            let header = #"{"\#(marks)":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#
            return StoredZip.little(header.utf8.count, 8) + Array(header.utf8) + [1]
        case .shardMarks: return Array(#"{"weight_map":{"\#(escapes)":"a.safetensors"}}"#.utf8)
        case .pickleMarks: return [0x80, 2, 0x7d] + text(marks) + [0x4b, 1, 0x73, 0x2e]
        case .archiveMarks:
            // A name is in its entry and in the directory, and has at most 65535 bytes.
            let short = Self.marks(["\u{301}", "\u{316}"], byteCount: min(byteCount / 2, 60_000), each: 2)
            return StoredZip.archive((0..<max(1, byteCount / 130_000)).map { ("\($0)\(short)", []) })
        case .onnxMarks: return field(7, field(1, field(2, Array(marks.utf8))))
        case .tokenizerMarks: return Array(#"{"\#(marks)":1}"#.utf8)
        case .wordMarks: return Array(#"{"model":{"type":"B\#(marks)","vocab":{},"merges":[]}}"#.utf8)
        case .yamlMarks: return Array("\(marks): 1".utf8)
        case .configurationMarks: return Array(#"{"\#(marks)":1}"#.utf8)
        default: return Array(#"{"\#(escapes)":1}"#.utf8)
        }
    }

    /// About so many bytes of marks, those that belong behind the others first.
    private static func marks(_ marks: [String], byteCount: Int, each: Int) -> String {
        "e" + marks.map { String(repeating: $0, count: byteCount / 2 / each) }.joined()
    }
}
