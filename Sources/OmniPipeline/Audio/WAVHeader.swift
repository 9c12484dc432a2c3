/// What a WAV file says of itself, up to the first byte of its sound.
struct WAVHeader {
    let format: WAVFormat
    /// Bytes of sound; `nil` where the header was written before that was known, so that sound goes on to the end.
    let dataByteCount: UInt64?

    /// Reads chunks in whatever order they come and leaves `source` at the first byte of sound.
    ///
    /// A size of 0xFFFFFFFF says "to the end", and so does 0 when the file claims to hold nothing after it: that is how
    /// programs leave a header that they could not go back to. `RF64` files have 64-bit sizes in a chunk of their own.
    init(reading source: inout some ByteSource) throws(WAVError) {
        let name = source.name
        let riff = try source.read(upTo: 12)
        guard riff.count == 12, ["RIFF", "RF64", "BW64"].contains(riff.text(at: 0)), riff.text(at: 8) == "WAVE" else {
            throw .notWAV(file: name)
        }
        let riffByteCount = riff.little(at: 4, count: 4)
        var wideByteCount: UInt64?
        var format: WAVFormat?
        var data: (offset: UInt64, byteCount: UInt64?)?
        while format == nil || data == nil {
            let start = try source.read(upTo: 8)
            guard start.count == 8 else {
                throw .missingChunk(file: name, chunk: format == nil ? "fmt " : "data")
            }
            let byteCount = start.little(at: 4, count: 4)
            switch start.text(at: 0) {
            case "fmt ":
                let body = try source.read(upTo: Int(min(byteCount, 40)))
                format = try WAVFormat(body, file: name)
                try source.skip(byteCount - UInt64(body.count) + byteCount % 2)
            case "ds64":
                let body = try source.read(upTo: Int(min(byteCount, 28)))
                if body.count >= 16 { wideByteCount = body.little(at: 8, count: 8) }
                try source.skip(byteCount - UInt64(body.count) + byteCount % 2)
            case "data" where data == nil:
                let known = Self.dataByteCount(
                    byteCount, wide: wideByteCount, riffByteCount: riffByteCount, offset: source.offset)
                data = (source.offset, known)
                if format == nil {
                    guard let known, source.seek(to: source.offset) else { throw .formatAfterData(file: name) }
                    try source.skip(known + known % 2)
                }
            default:
                try source.skip(byteCount + byteCount % 2)
            }
        }
        guard let format, let data else { throw .missingChunk(file: name, chunk: "data") }
        if source.offset != data.offset, !source.seek(to: data.offset) { throw .formatAfterData(file: name) }
        self.format = format
        dataByteCount = data.byteCount
    }

    private static func dataByteCount(
        _ byteCount: UInt64, wide: UInt64?, riffByteCount: UInt64, offset: UInt64
    ) -> UInt64? {
        switch byteCount {
        case 0xFFFF_FFFF: wide.flatMap { $0 < 1 << 62 ? $0 : nil }
        // Sound of length 0 is believed only of a file whose own size reaches beyond it.
        case 0: riffByteCount != 0xFFFF_FFFF && riffByteCount + 8 > offset ? 0 : nil
        default: byteCount
        }
    }
}

extension WAVFormat {
    /// Takes the body of a `fmt ` chunk apart.
    init(_ body: [UInt8], file: String) throws(WAVError) {
        guard body.count >= 16 else {
            throw .invalidFormat(file: file, field: "the length of \"fmt \"", found: body.count)
        }
        let channelCount = Int(body.little(at: 2, count: 2))
        let sampleRate = Int(body.little(at: 4, count: 4))
        let bytesPerFrame = Int(body.little(at: 12, count: 2))
        let bitsPerSample = Int(body.little(at: 14, count: 2))
        var formatTag = Int(body.little(at: 0, count: 2))
        // WAVE_FORMAT_EXTENSIBLE: the tag is the start of a GUID. Fewer valid bits than stored lie at the top, so that
        // they need no care.
        if formatTag == 0xFFFE, body.count >= 26 { formatTag = Int(body.little(at: 24, count: 2)) }
        let sampleFormat: SampleFormat
        switch (formatTag, bitsPerSample) {
        case (1, 1...8): sampleFormat = .unsigned8
        case (1, 9...16): sampleFormat = .int16
        case (1, 17...24): sampleFormat = .int24
        case (1, 25...32): sampleFormat = .int32
        case (3, 32): sampleFormat = .float32
        case (3, 64): sampleFormat = .float64
        default: throw .unsupportedEncoding(file: file, formatTag: formatTag, bitsPerSample: bitsPerSample)
        }
        guard sampleRate > 0 else { throw .invalidFormat(file: file, field: "the sample rate", found: sampleRate) }
        guard channelCount > 0, channelCount * sampleFormat.byteCount <= Int(UInt16.max) else {
            throw .invalidFormat(file: file, field: "the number of channels", found: channelCount)
        }
        guard bytesPerFrame == channelCount * sampleFormat.byteCount else {
            throw .invalidFormat(file: file, field: "the number of bytes in a frame", found: bytesPerFrame)
        }
        self.init(sampleRate: sampleRate, sampleFormat: sampleFormat, channelCount: channelCount)
    }
}

extension [UInt8] {
    fileprivate func little(at offset: Int, count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
    }

    fileprivate func text(at offset: Int) -> String {
        String(decoding: self[offset..<offset + 4], as: UTF8.self)
    }
}
