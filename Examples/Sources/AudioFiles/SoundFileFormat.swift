/// The formats of libsndfile, by the number in `SF_INFO.format`.
enum SoundFileFormat {
    static let soundDesigner: Int32 = 0x16_0000

    /// The container alone, without the encoding and the byte order.
    static func container(of format: Int32) -> Int32 { format & 0x0FFF_0000 }

    /// What a container is called in messages.
    static func name(of format: Int32) -> String {
        let names: [Int32: String] = [
            0x01: "WAV", 0x02: "AIFF", 0x03: "AU", 0x05: "PAF", 0x06: "SVX", 0x07: "NIST SPHERE", 0x08: "VOC",
            0x0A: "IRCAM", 0x0B: "W64", 0x0C: "MAT4", 0x0D: "MAT5", 0x0E: "PVF", 0x0F: "XI", 0x10: "HTK", 0x11: "SDS",
            0x12: "AVR", 0x13: "WAV", 0x16: "Sound Designer II", 0x17: "FLAC", 0x18: "CAF", 0x19: "WVE", 0x20: "Ogg",
            0x21: "MPC2K", 0x22: "RF64", 0x23: "MP3",
        ]
        return names[container(of: format) >> 16] ?? "audio"
    }
}

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
