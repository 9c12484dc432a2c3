/// What a WAV file says of itself, up to the first byte of its audio.
struct WAVHeader {
    let format: WAVFormat
    /// Bytes of audio; `nil` where the header was written before that was known, so that audio goes on to the end.
    let dataByteCount: UInt64?
    /// Whether numbers and samples have their most significant byte first, as in `RIFX`.
    let isBigEndian: Bool

    /// Reads chunks in whatever order they come and leaves `source` at the first byte of audio. What a music program
    /// put before the file, an ID3 tag, is passed over.
    ///
    /// Programs that could not go back to a header leave a size that no audio has, and 0 where they left it empty: then
    /// audio goes on to the end. `RF64` files have 64-bit sizes in a chunk of their own.
    init(reading source: inout some ByteSource) throws(WAVError) {
        let name = source.name
        let start = try Self.start(&source)
        let forms = ["RIFF", "RIFX", "RF64", "BW64"]
        guard start.count == 12, forms.contains(start.text(at: 0)), start.text(at: 8) == "WAVE" else {
            throw .notWAV(file: name)
        }
        let isBigEndian = start.text(at: 0) == "RIFX"
        let riffByteCount = start.number(at: 4, count: 4, isBigEndian)
        var wideByteCount: UInt64?
        var format: WAVFormat?
        var data: (offset: UInt64, byteCount: UInt64?)?
        while format == nil || data == nil {
            let start = try source.read(upTo: 8)
            guard start.count == 8 else {
                throw .missingChunk(file: name, chunk: format == nil ? "fmt " : "data")
            }
            let byteCount = start.number(at: 4, count: 4, isBigEndian)
            switch start.text(at: 0) {
            case "fmt ":
                let body = try source.read(upTo: Int(min(byteCount, 40)))
                format = try WAVFormat(body, isBigEndian: isBigEndian, file: name)
                try source.skip(byteCount - UInt64(body.count) + byteCount % 2)
            case "ds64":
                let body = try source.read(upTo: Int(min(byteCount, 28)))
                if body.count >= 16 { wideByteCount = body.number(at: 8, count: 8, false) }
                try source.skip(byteCount - UInt64(body.count) + byteCount % 2)
            case "data" where data == nil:
                let end = riffByteCount &+ 8
                let known = try Self.dataByteCount(byteCount, wide: wideByteCount, end: end, isBigEndian, &source)
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
        self.isBigEndian = isBigEndian
        dataByteCount = data.byteCount
    }

    /// The first 12 bytes of the file itself.
    private static func start(_ source: inout some ByteSource) throws(WAVError) -> [UInt8] {
        var start = try source.read(upTo: 12)
        // An ID3v2 tag: its size has 7 bits in each of 4 bytes, its own 10 bytes not counted.
        if start.count == 12, start.starts(with: Array("ID3".utf8)), start[6..<10].allSatisfy({ $0 < 0x80 }) {
            let size = start[6..<10].reduce(0) { $0 << 7 | UInt64($1) }
            guard size >= 2 else { return start }
            try source.skip(size - 2)
            start = try source.read(upTo: 12)
        }
        return start
    }

    /// Bytes of audio that a `data` chunk of so many bytes has; `nil` for those up to the end.
    private static func dataByteCount(
        _ byteCount: UInt64, wide: UInt64?, end: UInt64, _ isBigEndian: Bool, _ source: inout some ByteSource
    ) throws(WAVError) -> UInt64? {
        switch byteCount {
        case 0xFFFF_FFFF: wide.flatMap { $0 > 0 && $0 < 1 << 62 ? $0 : nil }
        // What arecord and sox write into pipes, and the largest number that a signed size holds.
        case 0x7FFF_F000...0x8000_0000: nil
        // A recorder that was cut off leaves 0 and audio behind it. A file without audio may have another chunk there.
        case 0: try isFollowedByChunk(end: end, isBigEndian, &source) ? 0 : nil
        default: byteCount
        }
    }

    /// Whether a chunk lies at the source's place, inside a file that ends at `end`. A pipe cannot look ahead.
    private static func isFollowedByChunk(
        end: UInt64, _ isBigEndian: Bool, _ source: inout some ByteSource
    ) throws(WAVError) -> Bool {
        let place = source.offset
        guard source.seek(to: place) else { return false }
        let start = try source.read(upTo: 8)
        guard source.seek(to: place), start.count == 8 else { return false }
        let names: Set = [
            "LIST", "list", "id3 ", "ID3 ", "fact", "cue ", "plst", "labl", "smpl", "inst", "bext", "iXML", "JUNK",
            "junk", "PAD ", "PEAK", "acid", "cart", "umid", "afsp", "_PMX", "fmt ",
        ]
        return names.contains(start.text(at: 0)) && place + 8 + start.number(at: 4, count: 4, isBigEndian) <= end
    }
}

extension WAVFormat {
    /// Takes the body of a `fmt ` chunk apart.
    init(_ body: [UInt8], isBigEndian: Bool, file: String) throws(WAVError) {
        guard body.count >= 16 else {
            throw .invalidFormat(file: file, field: "the length of \"fmt \"", found: body.count)
        }
        func field(_ offset: Int, _ count: Int) -> Int { Int(body.number(at: offset, count: count, isBigEndian)) }
        let (channelCount, sampleRate) = (field(2, 2), field(4, 4))
        let (bytesPerFrame, bitsPerSample) = (field(12, 2), field(14, 2))
        var formatTag = field(0, 2)
        // WAVE_FORMAT_EXTENSIBLE: the tag is the start of a GUID, and PCM where that is missing. Fewer valid bits than
        // stored lie at the top, so that they need no care.
        if formatTag == 0xFFFE { formatTag = body.count >= 26 ? field(24, 2) : 1 }
        guard sampleRate > 0 else { throw .invalidFormat(file: file, field: "the sample rate", found: sampleRate) }
        guard channelCount > 0 else {
            throw .invalidFormat(file: file, field: "the number of channels", found: channelCount)
        }
        let container = bytesPerFrame % channelCount == 0 ? bytesPerFrame / channelCount : 0
        let found = Self.sampleFormat(formatTag, bitsPerSample: bitsPerSample, containerByteCount: container)
        guard let sampleFormat = found else {
            throw .unsupportedEncoding(file: file, formatTag: formatTag, bitsPerSample: bitsPerSample)
        }
        guard channelCount * sampleFormat.byteCount <= Int(UInt16.max) else {
            throw .invalidFormat(file: file, field: "the number of channels", found: channelCount)
        }
        self.init(sampleRate: sampleRate, sampleFormat: sampleFormat, channelCount: channelCount)
    }

    /// How samples are stored.
    ///
    /// Programs get the size of a frame wrong in many ways, 0 and bits for bytes among them, so that the bits of a
    /// sample decide. Only 24 bits in 32 are believed, where samples lie at the top, and a size that stands in for
    /// missing bits.
    ///
    /// - Parameter containerByteCount: what the size of a frame leaves for a sample; 0 where it makes no sense.
    private static func sampleFormat(
        _ formatTag: Int, bitsPerSample: Int, containerByteCount: Int
    ) -> SampleFormat? {
        switch (formatTag, bitsPerSample) {
        case (1, 0...32):
            let needed = (bitsPerSample + 7) / 8
            let isWider = needed == 0 || (needed == 3 && containerByteCount == 4)
            return [1: SampleFormat.unsigned8, 2: .int16, 3: .int24, 4: .int32][isWider ? containerByteCount : needed]
        case (3, 32): return .float32
        case (3, 64): return .float64
        case (6, 8): return .aLaw
        case (7, 8): return .muLaw
        default: return nil
        }
    }
}

extension [UInt8] {
    fileprivate func number(at offset: Int, count: Int, _ isBigEndian: Bool) -> UInt64 {
        (0..<count).reduce(0) { number, index in
            number << 8 | UInt64(self[offset + (isBigEndian ? index : count - 1 - index)])
        }
    }

    fileprivate func text(at offset: Int) -> String {
        String(decoding: self[offset..<offset + 4], as: UTF8.self)
    }
}
