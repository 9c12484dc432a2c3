/// Puts WAV files together from chunks, right ones and wrong ones.
struct WAVBytes {
    var bytes: [UInt8] = []

    /// A file of the given chunks; `riffByteCount` is what it claims, by default the truth.
    static func file(_ chunks: [[UInt8]], form: String = "RIFF", riffByteCount: Int? = nil) -> [UInt8] {
        let body = Array("WAVE".utf8) + chunks.flatMap(\.self)
        return Array(form.utf8) + little(riffByteCount ?? body.count, 4) + body
    }

    /// A chunk, padded to an even length; `byteCount` is what it claims, by default the truth.
    static func chunk(_ name: String, _ body: [UInt8], byteCount: Int? = nil) -> [UInt8] {
        Array(name.utf8) + little(byteCount ?? body.count, 4) + body + (body.count % 2 == 1 ? [0] : [])
    }

    /// The body of a plain format.
    static func format(
        tag: Int = 1, channelCount: Int = 1, sampleRate: Int = 16_000, bits: Int = 16, bytesPerFrame: Int? = nil
    ) -> [UInt8] {
        let width = bytesPerFrame ?? (bits + 7) / 8 * channelCount
        return little(tag, 2) + little(channelCount, 2) + little(sampleRate, 4) + little(sampleRate * width, 4)
            + little(width, 2) + little(bits, 2)
    }

    /// The tail that makes a format of tag 0xFFFE: valid bits, speakers, and a GUID that starts with the real tag.
    static func extensible(tag: Int, validBits: Int) -> [UInt8] {
        little(22, 2) + little(validBits, 2) + little(4, 4) + little(tag, 2)
            + [0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    }

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
