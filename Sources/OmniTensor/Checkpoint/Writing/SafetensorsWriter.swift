public import Foundation

/// Writes safetensors files.
public enum SafetensorsWriter {
    /// Writes tensors in the order of their names, those with the widest elements first, so that each starts at a
    /// multiple of its width.
    ///
    /// The file appears under its name when it is complete; memory holds one piece of one tensor at a time.
    ///
    /// - Throws: ``CheckpointError/Code/unwritable``.
    public static func write(
        _ tensors: [String: WritableTensor], metadata: [String: String] = [:], to url: URL
    ) throws(CheckpointError) {
        let path = url.path(percentEncoded: false)
        let ordered = tensors.sorted {
            let (a, b) = ($0.value.alignment, $1.value.alignment)
            return a == b ? $0.key < $1.key : a > b
        }
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var position = 0
        for (name, tensor) in ordered {
            let end = position + (try tensor.byteCount(name, file: path))
            let shape = tensor.info.shape.dimensions.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(name)):{\"dtype\":\"\(tensor.info.scalarType.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(position),\(end)]}")
            position = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        // Spaces at the end are allowed; with them the data starts on a cache line and can be mapped in place.
        while !(8 + header.count).isMultiple(of: 64) { header.append(0x20) }
        guard header.count <= SafetensorsReader.headerLimit else {
            throw CheckpointError(.unwritable, file: path, reason: "the header takes \(header.count) bytes, too many")
        }
        var sink = try FileSink(path)
        var length: [UInt8] = []
        length.appendLittle(UInt64(header.count))
        try sink.append(length + header)
        for (_, tensor) in ordered {
            try tensor.forEachPiece { (piece) throws(CheckpointError) in try sink.append(piece) }
        }
        try sink.finish()
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
