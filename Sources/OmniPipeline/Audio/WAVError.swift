/// What is wrong with a WAV file, with the facts.
public enum WAVError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case unreadable(file: String)
    /// The file cannot be created or written, for the reason that the system gives.
    case unwritable(file: String, reason: String)
    /// The first bytes are not those of a WAV file.
    case notWAV(file: String)
    /// The file ends before its audio begins; `chunk` is what was still looked for.
    case missingChunk(file: String, chunk: String)
    /// The audio comes before its format, and the input cannot be rewound to it.
    case formatAfterData(file: String)
    /// An encoding other than PCM of 8 to 32 bits, floats of 32 or 64 and G.711.
    case unsupportedEncoding(file: String, formatTag: Int, bitsPerSample: Int)
    /// A format that no audio can have. `field` is its name in the format's description.
    case invalidFormat(file: String, field: String, found: Int)

    public var description: String {
        switch self {
        case .unreadable(let file): "\(file): the file cannot be read"
        case .unwritable(let file, let reason): "\(file): the file cannot be written: \(reason)"
        case .notWAV(let file): "\(file): this is not a WAV file"
        case .missingChunk(let file, let chunk): "\(file): the file ends before its \"\(chunk)\" chunk"
        case .formatAfterData(let file):
            "\(file): the format comes after the audio, and the input cannot be rewound"
        case .unsupportedEncoding(let file, let tag, let bits):
            "\(file): the audio is stored as \(Self.name(ofFormat: tag, bitsPerSample: bits)); what is read is PCM of "
                + "8 to 32 bits, float of 32 or 64 and G.711"
        case .invalidFormat(let file, let field, let found): "\(file): \(field) cannot be \(found)"
        }
    }

    /// What an encoding is called, by its number in a `fmt ` chunk.
    private static func name(ofFormat tag: Int, bitsPerSample: Int) -> String {
        let names = [
            0x02: "Microsoft ADPCM", 0x10: "OKI ADPCM", 0x11: "IMA ADPCM", 0x14: "G.723 ADPCM", 0x20: "Yamaha ADPCM",
            0x22: "TrueSpeech", 0x31: "GSM 6.10", 0x40: "G.721 ADPCM", 0x42: "G.723.1", 0x45: "G.726 ADPCM",
            0x50: "MPEG audio", 0x55: "MP3", 0x64: "G.726 ADPCM", 0x65: "G.722 ADPCM", 0x83: "G.729",
            0xFF: "AAC", 0x161: "Windows Media audio", 0x162: "Windows Media audio", 0x270: "ATRAC3",
            0x1600: "AAC", 0x1602: "AAC", 0x2000: "AC-3", 0x2001: "DTS", 0x674F: "Ogg Vorbis", 0x6750: "Ogg Vorbis",
            0x6751: "Ogg Vorbis", 0x704F: "Opus", 0xA106: "AAC", 0xA109: "Speex", 0xF1AC: "FLAC",
        ]
        if let name = names[tag] { return "\(name) (format \(tag))" }
        let known = [1: "PCM", 3: "float", 6: "G.711 A-law", 7: "G.711 µ-law"]
        return (known[tag] ?? "format \(tag)") + " with \(bitsPerSample) bits a sample"
    }
}
