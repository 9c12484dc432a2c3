internal import OmniFormats

/// Reads the index of a safetensors file: eight bytes of header length, a JSON object that describes every tensor, then
/// the tensors' bytes without gaps or overlaps.
enum SafetensorsReader {
    /// The longest header that the format allows.
    static let headerLimit = 100_000_000

    /// - Throws: ``CheckpointError``; every tensor of the result lies inside the file.
    static func index(of file: MappedFile, fileCount: Int) throws(CheckpointError) -> CheckpointIndex {
        let bytes = file.bytes
        guard let announced = bytes.little(UInt64.self, at: 0) else {
            throw CheckpointError(.malformed, file: file.path, reason: "the file ends inside the length of its header")
        }
        guard let headerCount = Int(exactly: announced), headerCount <= min(headerLimit, file.count - 8) else {
            throw CheckpointError(
                .malformed, file: file.path,
                reason: "the header says it takes \(announced) bytes of a file of \(file.count)")
        }
        let header = try SafetensorsHeader(
            CheckpointJSONScanner(
                bytes.extracting(8..<8 + headerCount), origin: 8,
                budget: ReadingBudget(fileByteCount: file.count, fileCount: fileCount),
                file: file.path))
        let dataStart = 8 + headerCount
        var index = CheckpointIndex()
        index.scalars = header.metadata.mapValues { .string($0) }
        for entry in header.entries {
            if let bitCount = otherBitCounts[entry.scalarType] {
                try check(entry, bitCount: bitCount, file: file)
                index.unreadable[entry.name] = "elements of type \(entry.scalarType) are not read"
                index.unreadableTensors.insert(entry.name)
            } else {
                index.tensors[entry.name] = try stored(entry, dataStart: dataStart, file: file)
            }
        }
        try requireSeamless(header.entries, dataCount: file.count - dataStart, file: file)
        return index
    }

    /// Types of elements that the format knows and no model here has, with the bits of one element.
    private static let otherBitCounts = [
        "U64": 64, "U32": 32, "U16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
        "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4, "C64": 64,
    ]

    /// Makes sure that the bytes of a tensor that is not read are what its shape says.
    private static func check(
        _ entry: SafetensorsHeader.Entry, bitCount: Int, file: MappedFile
    ) throws(CheckpointError) {
        guard let shape = Shape(validating: entry.shape), entry.start <= entry.end,
            case let (bits, overflow) = shape.elementCount.multipliedReportingOverflow(by: bitCount), !overflow,
            bits % 8 == 0, entry.end - entry.start == bits / 8
        else {
            throw CheckpointError(
                .malformed, file: file.path, tensor: entry.name,
                reason: "\(entry.scalarType) does not fit the bytes \(entry.start)..<\(entry.end)")
        }
    }

    private static func stored(
        _ entry: SafetensorsHeader.Entry, dataStart: Int, file: MappedFile
    ) throws(CheckpointError) -> StoredTensor {
        func malformed(_ reason: String) -> CheckpointError {
            CheckpointError(.malformed, file: file.path, tensor: entry.name, reason: reason)
        }
        guard let scalarType = ScalarType(rawValue: entry.scalarType) else {
            throw CheckpointError(
                .unsupported, file: file.path, tensor: entry.name,
                reason: "elements of type \(entry.scalarType) are not read")
        }
        guard entry.shape.count <= StoredTensor.rankLimit, let shape = Shape(validating: entry.shape) else {
            throw malformed("the shape \(entry.shape.prefix(8)) is impossible")
        }
        let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: scalarType.byteCount)
        guard !overflow, entry.start <= entry.end, entry.end - entry.start == byteCount else {
            throw malformed(
                "\(scalarType.rawValue) of shape \(shape) does not fit the bytes \(entry.start)..<\(entry.end)")
        }
        guard entry.end <= file.count - dataStart else {
            throw malformed("the bytes \(entry.start)..<\(entry.end) reach past the end of the file")
        }
        return StoredTensor(
            info: TensorInfo(shape: shape, scalarType: scalarType), byteOffset: dataStart + entry.start, strides: nil)
    }

    /// The format wants the tensors to cover the data exactly once.
    private static func requireSeamless(
        _ entries: [SafetensorsHeader.Entry], dataCount: Int, file: MappedFile
    ) throws(CheckpointError) {
        var position = 0
        for entry in entries.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard entry.start == position else {
                throw CheckpointError(
                    .malformed, file: file.path, tensor: entry.name,
                    reason: entry.start < position
                        ? "the tensor overlaps the one before it, at byte \(entry.start)"
                        : "the bytes \(position)..<\(entry.start) before the tensor belong to none")
            }
            position = entry.end
        }
        guard position == dataCount else {
            throw CheckpointError(
                .malformed, file: file.path,
                reason: "the tensors take \(position) bytes but the file holds \(dataCount)")
        }
    }
}
