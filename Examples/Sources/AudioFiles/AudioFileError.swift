/// Why a recording cannot be read. What is wrong with a WAV file comes as a `WAVError`.
public enum AudioFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no such file.
    case missing(file: String)
    /// The system does not let it be read.
    case unreadable(file: String, reason: String)
    /// A format that is known and not read.
    case unsupportedFormat(file: String, format: String)
    /// The first bytes are those of no known format.
    case unknownFormat(file: String)
    /// libsndfile is needed and not installed.
    case libraryMissing(file: String, format: String)
    /// libsndfile refuses the file.
    case refused(file: String, format: String, reason: String)
    /// A file that must be in memory as a whole and is too large.
    case tooLarge(file: String, maximumByteCount: Int)
    /// More audio than is decoded.
    case tooLong(file: String, maximumSampleCount: Int)
    /// A property that no recording of speech has.
    case unusable(file: String, property: String)

    public var description: String {
        switch self {
        case .missing(let file): "\(file): there is no such file"
        case .unreadable(let file, let reason): "\(file): the file cannot be read: \(reason)"
        case .unsupportedFormat(let file, let format):
            "\(file): this is \(format), which is not read: convert it to WAV, FLAC, Ogg or MP3"
        case .unknownFormat(let file):
            "\(file): this is not a WAV file, nor FLAC, Ogg, MP3, AIFF, W64, CAF, AU or what else libsndfile recognises"
        case .libraryMissing(let file, let format):
            "\(file): to read \(format), install libsndfile (libsndfile1 on Debian and Ubuntu, "
                + "libsndfile with Homebrew)"
        case .refused(let file, let format, let reason): "\(file): the \(format) file cannot be read: \(reason)"
        case .tooLarge(let file, let maximum): "\(file): more than \(maximum >> 20) MiB are too many"
        case .tooLong(let file, let maximum): "\(file): more than \(maximum >> 20) Mi samples are too many"
        case .unusable(let file, let property): "\(file): \(property) cannot be read"
        }
    }

    /// Whether the file itself is missing or closed to the reader, and nothing is known of what is in it.
    public var isAbsence: Bool {
        switch self {
        case .missing, .unreadable: true
        default: false
        }
    }
}
