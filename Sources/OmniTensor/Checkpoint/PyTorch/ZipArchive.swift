/// The directory of a zip archive whose entries are stored, not compressed, so that an entry is a range of the file.
///
/// Check sums are not verified: that would read gigabytes, and PyTorch can be told to write none.
struct ZipArchive: Sendable {
    /// Where the bytes of every entry lie in the file, by the entry's full name.
    private(set) var entries: [String: Range<Int>] = [:]

    /// Reads the directory of the archive and the header of every entry.
    ///
    /// - Throws: ``CheckpointError/Code/malformed`` for a damaged or lying directory,
    ///   ``CheckpointError/Code/unsupported`` for compressed or encrypted entries and archives in several parts.
    init(_ file: MappedFile) throws(CheckpointError) {
        let bytes = file.bytes
        let directory = try ZipDirectoryLocation(file)
        var position = directory.range.lowerBound
        var spans: [(name: String, start: Int, data: Range<Int>)] = []
        for _ in 0..<directory.entryCount {
            guard let entry = ZipDirectoryEntry(bytes, at: position), entry.end <= directory.range.upperBound else {
                throw CheckpointError(
                    .malformed, file: file.path, reason: "the zip directory is damaged at byte \(position)")
            }
            if entry.belongsToProgram { throw PyTorchArchiveReader.torchScript(file) }
            if let reason = entry.unsupportedReason {
                throw CheckpointError(
                    .unsupported, file: file.path, reason: "the zip entry \(entry.name) is \(reason)")
            }
            guard let data = Self.data(of: entry, in: bytes), data.upperBound <= directory.range.lowerBound else {
                throw CheckpointError(
                    .malformed, file: file.path,
                    reason: "the zip entry \(entry.name) does not lie where the directory says, at \(entry.localOffset)"
                )
            }
            spans.append((entry.name, entry.localOffset, data))
            position = entry.end
        }
        guard position == directory.range.upperBound else {
            throw CheckpointError(
                .malformed, file: file.path, reason: "the zip directory has bytes after its last entry")
        }
        var previousEnd = 0
        for span in spans.sorted(by: { ($0.start, $0.data.upperBound) < ($1.start, $1.data.upperBound) }) {
            guard span.start >= previousEnd else {
                throw CheckpointError(
                    .malformed, file: file.path, reason: "the zip entry \(span.name) overlaps the one before it")
            }
            guard entries.updateValue(span.data, forKey: span.name) == nil else {
                throw CheckpointError(.malformed, file: file.path, reason: "the zip entry \(span.name) is there twice")
            }
            previousEnd = span.data.upperBound
        }
    }

    /// The entry's bytes, if its own header agrees with the directory.
    private static func data(of entry: ZipDirectoryEntry, in bytes: RawSpan) -> Range<Int>? {
        let start = entry.localOffset
        guard bytes.little(UInt32.self, at: start) == ZipSignature.localHeader,
            let method = bytes.little(UInt16.self, at: start + 8), method == 0,
            let nameCount = bytes.little(UInt16.self, at: start + 26),
            let extraCount = bytes.little(UInt16.self, at: start + 28),
            let name = bytes.text(start + 30..<start + 30 + Int(nameCount)), name.utf8.elementsEqual(entry.name.utf8)
        else { return nil }
        let dataStart = start + 30 + Int(nameCount) + Int(extraCount)
        guard dataStart <= bytes.byteCount, entry.byteCount <= bytes.byteCount - dataStart else { return nil }
        return dataStart..<dataStart + entry.byteCount
    }
}
