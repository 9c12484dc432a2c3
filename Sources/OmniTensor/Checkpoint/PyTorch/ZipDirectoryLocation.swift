/// Where a zip archive keeps its directory: read from the record at the end of the file, 64-bit or not.
struct ZipDirectoryLocation {
    var range: Range<Int>
    var entryCount: Int

    /// - Throws: ``CheckpointError/Code/malformed`` when there is no such record or it lies, which is how a truncated
    ///   download shows.
    init(_ file: MappedFile) throws(CheckpointError) {
        let bytes = file.bytes
        guard let end = Self.endRecord(in: bytes) else {
            throw CheckpointError(
                .malformed, file: file.path, reason: "the zip archive has no directory; the file may be truncated")
        }
        let is64 = bytes.little(UInt32.self, at: end - 20) == ZipSignature.end64Locator
        guard let location = is64 ? Self.wide(bytes, locator: end - 20) : Self.narrow(bytes, end) else {
            throw CheckpointError(.malformed, file: file.path, reason: "the zip archive's end record is damaged")
        }
        guard location.disks == 0 else {
            throw CheckpointError(.unsupported, file: file.path, reason: "the zip archive has several parts")
        }
        guard let offset = Int(exactly: location.offset), let count = Int(exactly: location.byteCount),
            let entryCount = Int(exactly: location.entryCount), offset <= end, count <= end - offset,
            entryCount <= count / 46
        else {
            throw CheckpointError(
                .malformed, file: file.path, reason: "the zip directory does not lie inside the file")
        }
        range = offset..<offset + count
        self.entryCount = entryCount
    }

    private typealias Raw = (offset: UInt64, byteCount: UInt64, entryCount: UInt64, disks: UInt64)

    /// The record stands at the end, before a comment of at most 65 535 bytes whose length it tells.
    private static func endRecord(in bytes: RawSpan) -> Int? {
        var position = bytes.byteCount - 22
        let first = max(0, position - Int(UInt16.max))
        while position >= first {
            if bytes.little(UInt32.self, at: position) == ZipSignature.end,
                let comment = bytes.little(UInt16.self, at: position + 20),
                position + 22 + Int(comment) == bytes.byteCount
            {
                return position
            }
            position -= 1
        }
        return nil
    }

    private static func narrow(_ bytes: RawSpan, _ start: Int) -> Raw? {
        guard let disk = bytes.little(UInt16.self, at: start + 4),
            let firstDisk = bytes.little(UInt16.self, at: start + 6),
            let entryCount = bytes.little(UInt16.self, at: start + 10),
            let byteCount = bytes.little(UInt32.self, at: start + 12),
            let offset = bytes.little(UInt32.self, at: start + 16)
        else { return nil }
        return (UInt64(offset), UInt64(byteCount), UInt64(entryCount), UInt64(disk | firstDisk))
    }

    private static func wide(_ bytes: RawSpan, locator: Int) -> Raw? {
        guard let place = bytes.little(UInt64.self, at: locator + 8), let start = Int(exactly: place),
            start <= locator - 56, bytes.little(UInt32.self, at: start) == ZipSignature.end64,
            let disk = bytes.little(UInt32.self, at: start + 16),
            let firstDisk = bytes.little(UInt32.self, at: start + 20),
            let entryCount = bytes.little(UInt64.self, at: start + 32),
            let byteCount = bytes.little(UInt64.self, at: start + 40),
            let offset = bytes.little(UInt64.self, at: start + 48)
        else { return nil }
        return (offset, byteCount, entryCount, UInt64(disk | firstDisk))
    }
}

/// The numbers that the records of a zip archive start with.
enum ZipSignature {
    static let localHeader: UInt32 = 0x0403_4b50
    static let directoryEntry: UInt32 = 0x0201_4b50
    static let end: UInt32 = 0x0605_4b50
    static let end64: UInt32 = 0x0606_4b50
    static let end64Locator: UInt32 = 0x0706_4b50
}
