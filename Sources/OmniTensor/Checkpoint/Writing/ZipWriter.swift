/// Writes a zip archive of stored entries whose data start at multiples of 64, as PyTorch's do, with 64-bit records
/// where the numbers need them.
struct ZipWriter: ~Copyable {
    private struct Entry {
        var name: String
        var checksum: UInt32
        var byteCount: Int
        var offset: Int
    }

    private var sink: FileSink
    private var entries: [Entry] = []
    /// From which size on numbers go to 64-bit fields; tests lower it.
    private let wideLimit: Int

    /// - Throws: ``CheckpointError/Code/unwritable`` when the file cannot be created.
    init(_ path: String, wideLimit: Int = Int(UInt32.max)) throws(CheckpointError) {
        sink = try FileSink(path)
        self.wideLimit = wideLimit
    }

    /// Adds a small entry.
    mutating func add(_ name: String, _ bytes: [UInt8]) throws(CheckpointError) {
        try add(name, byteCount: bytes.count) { (take) throws(CheckpointError) in try take(bytes) }
    }

    /// Adds an entry whose bytes come in pieces.
    ///
    /// - Precondition: the pieces hold `byteCount` bytes.
    mutating func add(
        _ name: String, byteCount: Int,
        _ produce: (_ take: ([UInt8]) throws(CheckpointError) -> Void) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let offset = sink.position
        let isWide = byteCount >= wideLimit
        var header: [UInt8] = []
        header.appendLittle(ZipSignature.localHeader)
        header.appendLittle(UInt16(isWide ? 45 : 20))
        header.appendLittle(Self.flags)
        header += [0, 0, 0, 0, 0, 0]
        let checksumOffset = offset + header.count
        header.appendLittle(UInt32(0))
        header.appendLittle(isWide ? .max : UInt32(byteCount))
        header.appendLittle(isWide ? .max : UInt32(byteCount))
        header.appendLittle(UInt16(name.utf8.count))
        var extra: [UInt8] = isWide ? Self.wideField([byteCount, byteCount]) : []
        let dataStart = offset + header.count + 2 + name.utf8.count + extra.count + 4
        let paddingCount = (64 - dataStart % 64) % 64
        extra += Array("FB".utf8)
        extra.appendLittle(UInt16(paddingCount))
        extra += [UInt8](repeating: UInt8(ascii: "Z"), count: paddingCount)
        header.appendLittle(UInt16(extra.count))
        try sink.append(header + Array(name.utf8) + extra)

        let start = sink.position
        var checksum = CyclicRedundancyCheck()
        try produce { (piece) throws(CheckpointError) in
            checksum.add(piece)
            try sink.append(piece)
        }
        precondition(sink.position - start == byteCount, "\(name) has \(sink.position - start) bytes of \(byteCount)")
        var patch: [UInt8] = []
        patch.appendLittle(checksum.value)
        try sink.replace(patch, at: checksumOffset)
        entries.append(Entry(name: name, checksum: checksum.value, byteCount: byteCount, offset: offset))
    }

    /// Writes the directory and gives the file its name.
    consuming func finish() throws(CheckpointError) {
        let start = sink.position
        for entry in entries { try sink.append(directoryEntry(entry)) }
        try sink.append(endRecords(directoryStart: start, byteCount: sink.position - start))
        try sink.finish()
    }

    /// Names are UTF-8.
    private static let flags: UInt16 = 0x0800

    private static func wideField(_ numbers: [Int]) -> [UInt8] {
        var field: [UInt8] = []
        field.appendLittle(UInt16(1))
        field.appendLittle(UInt16(8 * numbers.count))
        for number in numbers { field.appendLittle(UInt64(number)) }
        return field
    }

    private func directoryEntry(_ entry: Entry) -> [UInt8] {
        let (isWide, isFar) = (entry.byteCount >= wideLimit, entry.offset >= wideLimit)
        let numbers = (isWide ? [entry.byteCount, entry.byteCount] : []) + (isFar ? [entry.offset] : [])
        let extra = numbers.isEmpty ? [] : Self.wideField(numbers)
        var record: [UInt8] = []
        record.appendLittle(ZipSignature.directoryEntry)
        record.appendLittle(UInt16(numbers.isEmpty ? 20 : 45))
        record.appendLittle(UInt16(numbers.isEmpty ? 20 : 45))
        record.appendLittle(Self.flags)
        record += [0, 0, 0, 0, 0, 0]
        record.appendLittle(entry.checksum)
        record.appendLittle(isWide ? .max : UInt32(entry.byteCount))
        record.appendLittle(isWide ? .max : UInt32(entry.byteCount))
        record.appendLittle(UInt16(entry.name.utf8.count))
        record.appendLittle(UInt16(extra.count))
        record += [UInt8](repeating: 0, count: 10)
        record.appendLittle(isFar ? .max : UInt32(entry.offset))
        return record + Array(entry.name.utf8) + extra
    }

    private func endRecords(directoryStart: Int, byteCount: Int) -> [UInt8] {
        var records: [UInt8] = []
        let isWide = max(directoryStart, byteCount) >= wideLimit || entries.count >= Int(UInt16.max)
        if isWide {
            records.appendLittle(ZipSignature.end64)
            records.appendLittle(UInt64(44))
            records.appendLittle(UInt16(45))
            records.appendLittle(UInt16(45))
            records.appendLittle(UInt64(0))
            records.appendLittle(UInt64(entries.count))
            records.appendLittle(UInt64(entries.count))
            records.appendLittle(UInt64(byteCount))
            records.appendLittle(UInt64(directoryStart))
            records.appendLittle(ZipSignature.end64Locator)
            records.appendLittle(UInt32(0))
            records.appendLittle(UInt64(directoryStart + byteCount))
            records.appendLittle(UInt32(1))
        }
        records.appendLittle(ZipSignature.end)
        records.appendLittle(UInt32(0))
        let count = isWide ? .max : UInt16(entries.count)
        records.appendLittle(count)
        records.appendLittle(count)
        records.appendLittle(isWide ? .max : UInt32(byteCount))
        records.appendLittle(isWide ? .max : UInt32(directoryStart))
        records.appendLittle(UInt16(0))
        return records
    }
}
