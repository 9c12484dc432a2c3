/// Whether a stream has its end, for formats whose length libsndfile can only estimate.
enum StreamEnd {
    /// The last page of an Ogg stream says that it is the last, and is whole.
    static func isMissing(inOgg bytes: [UInt8]) -> Bool {
        let magic = Array("OggS".utf8)
        // A page has 27 bytes, at most 255 segment lengths and 255 bytes in each segment.
        let first = max(bytes.count - 65_536, 0)
        for start in stride(from: bytes.count - 27, through: first, by: -1) where bytes[start] == magic[0] {
            guard bytes[start..<start + 4].elementsEqual(magic) else { continue }
            let segmentCount = Int(bytes[start + 26])
            let lengths = bytes[(start + 27)...].prefix(segmentCount)
            let byteCount = 27 + segmentCount + lengths.reduce(0) { $0 + Int($1) }
            return lengths.count < segmentCount || start + byteCount > bytes.count || bytes[start + 5] & 4 == 0
        }
        return true
    }

    /// An MP3 stream of variable bit rate says in its first frame how long it is.
    static func isAnnounced(inMP3 bytes: [UInt8]) -> Bool {
        let frame = Array(bytes.dropFirst(AudioFileKind.tagByteCount(of: bytes) ?? 0).prefix(256))
        guard frame.count >= 4 else { return false }
        return (0...frame.count - 4).contains { start in
            ["Xing", "Info", "VBRI"].contains { frame[start..<start + 4].elementsEqual($0.utf8) }
        }
    }
}
