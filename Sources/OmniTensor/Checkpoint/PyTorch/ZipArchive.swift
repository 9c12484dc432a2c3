/// The directory of a zip archive whose entries are stored, not compressed, so that an entry is a range of the file.
///
/// Check sums are not verified: that would read gigabytes, and PyTorch can be told to write none.
struct ZipArchive: Sendable {
    /// Where the bytes of every entry lie in the file, by the entry's full name.
    private(set) var entries: [String: Range<Int>] = [:]

    private static let localSignature: UInt32 = 0x0403_4b50
    private static let entrySignature: UInt32 = 0x0201_4b50

    /// Reads the directory of the archive and the header of every entry.
    ///
    /// - Throws: ``CheckpointError/Code/malformed`` for a damaged or lying directory, ``CheckpointError/Code/unsupported``
    ///   for compressed or encrypted entries and archives in several parts.
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
        guard bytes.little(UInt32.self, at: start) == localSignature,
            let method = bytes.little(UInt16.self, at: start + 8), method == 0,
            let nameCount = bytes.little(UInt16.self, at: start + 26),
            let extraCount = bytes.little(UInt16.self, at: start + 28),
            bytes.text(start + 30..<start + 30 + Int(nameCount)) == entry.name
        else { return nil }
        let dataStart = start + 30 + Int(nameCount) + Int(extraCount)
        guard dataStart <= bytes.byteCount, entry.byteCount <= bytes.byteCount - dataStart else { return nil }
        return dataStart..<dataStart + entry.byteCount
    }
}

/// One entry of a zip directory, as the directory has it.
struct ZipDirectoryEntry {
    var name: String
    var method: UInt16
    var flags: UInt16
    var byteCount: Int
    var localOffset: Int
    /// Where the next entry starts.
    var end: Int

    /// `nil` when the bytes at `start` are no entry.
    init?(_ bytes: RawSpan, at start: Int) {
        guard bytes.little(UInt32.self, at: start) == 0x0201_4b50, start <= bytes.byteCount - 46,
            let flags = bytes.little(UInt16.self, at: start + 8),
            let method = bytes.little(UInt16.self, at: start + 10),
            let storedCount = bytes.little(UInt32.self, at: start + 20),
            let count = bytes.little(UInt32.self, at: start + 24),
            let nameCount = bytes.little(UInt16.self, at: start + 28),
            let extraCount = bytes.little(UInt16.self, at: start + 30),
            let commentCount = bytes.little(UInt16.self, at: start + 32),
            let offset = bytes.little(UInt32.self, at: start + 42)
        else { return nil }
        let nameEnd = start + 46 + Int(nameCount)
        let extraEnd = nameEnd + Int(extraCount)
        guard let name = bytes.text(start + 46..<nameEnd), extraEnd + Int(commentCount) <= bytes.byteCount,
            let wide = Self.widened([count, storedCount, offset], bytes, nameEnd..<extraEnd)
        else { return nil }
        self.name = name
        self.method = method
        self.flags = flags
        // A stored entry takes as many bytes as it holds; one that says otherwise is refused with the compressed ones.
        if wide[0] != wide[1] && method == 0 { return nil }
        (byteCount, localOffset) = (wide[0], wide[2])
        end = extraEnd + Int(commentCount)
    }

    /// Why the entry cannot be read in place; `nil` when it can.
    var unsupportedReason: String? {
        if flags & 1 != 0 { return "encrypted" }
        return method == 0 ? nil : "compressed; PyTorch stores entries as they are"
    }

    /// Puts the numbers of the zip64 field where the 32-bit ones are saturated.
    private static func widened(_ narrow: [UInt32], _ bytes: RawSpan, _ extra: Range<Int>) -> [Int]? {
        guard narrow.contains(.max) else { return narrow.map { Int($0) } }
        var position = extra.lowerBound
        while position < extra.upperBound {
            guard let kind = bytes.little(UInt16.self, at: position),
                let count = bytes.little(UInt16.self, at: position + 2),
                position + 4 + Int(count) <= extra.upperBound
            else { return nil }
            guard kind != 1 else { return widened(narrow, bytes, zip64: position + 4..<position + 4 + Int(count)) }
            position += 4 + Int(count)
        }
        return nil
    }

    private static func widened(_ narrow: [UInt32], _ bytes: RawSpan, zip64 field: Range<Int>) -> [Int]? {
        var position = field.lowerBound
        var wide: [Int] = []
        for number in narrow {
            guard number == .max else {
                wide.append(Int(number))
                continue
            }
            guard position + 8 <= field.upperBound, let value = bytes.little(UInt64.self, at: position),
                let exact = Int(exactly: value)
            else { return nil }
            wide.append(exact)
            position += 8
        }
        return wide
    }
}
