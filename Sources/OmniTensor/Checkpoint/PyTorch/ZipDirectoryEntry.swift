internal import OmniFormats

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
        guard bytes.little(UInt32.self, at: start) == ZipSignature.directoryEntry, start <= bytes.byteCount - 46,
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
        guard let name = bytes.text(start + 46..<nameEnd), name.isStreamSafe,
            extraEnd + Int(commentCount) <= bytes.byteCount,
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

extension ZipDirectoryEntry {
    /// Whether only a TorchScript program has an entry of this name.
    var belongsToProgram: Bool { name.contains("/code/__torch__/") || name.hasSuffix("/constants.pkl") }
}
