/// What is wrong with a WAV file, with the facts.
public enum WAVError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case unreadable(file: String)
    /// The file cannot be created or written.
    case unwritable(file: String)
    /// The first bytes are not those of a WAV file.
    case notWAV(file: String)
    /// The file ends before its sound begins; `chunk` is what was still looked for.
    case missingChunk(file: String, chunk: String)
    /// The sound comes before its format, and the input cannot be rewound to it.
    case formatAfterData(file: String)
    /// An encoding other than PCM of 8 to 32 bits and floats of 32 or 64.
    case unsupportedEncoding(file: String, formatTag: Int, bitsPerSample: Int)
    /// A format that no sound can have. `field` is its name in the format's description.
    case invalidFormat(file: String, field: String, found: Int)
    /// A chunk at another rate than the file's, in Hz.
    case wrongSampleRate(expected: Int, found: Int)

    public var description: String {
        switch self {
        case .unreadable(let file): "\(file): the file cannot be read"
        case .unwritable(let file): "\(file): the file cannot be written"
        case .notWAV(let file): "\(file): this is not a WAV file"
        case .missingChunk(let file, let chunk): "\(file): the file ends before its \"\(chunk)\" chunk"
        case .formatAfterData(let file):
            "\(file): the format comes after the sound, and the input cannot be rewound"
        case .unsupportedEncoding(let file, let tag, let bits):
            "\(file): format \(tag) with \(bits) bits a sample is neither PCM of 8 to 32 bits nor float of 32 or 64"
        case .invalidFormat(let file, let field, let found): "\(file): \(field) cannot be \(found)"
        case .wrongSampleRate(let expected, let found):
            "the file holds sound at \(expected) Hz, so a chunk at \(found) Hz does not fit"
        }
    }
}
