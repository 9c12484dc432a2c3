import Foundation
public import OmniCore
import OmniPipeline

/// Reads recordings: WAV with the library's own reader; FLAC, Ogg (Vorbis, Opus), MP3, AIFF, W64, CAF and AU through
/// libsndfile, when that is installed.
///
/// What comes out is one channel at the recording's own rate. Everything is bounded by ``AudioFileLimits``: what a file
/// promises is never allocated before it is there.
public enum AudioFile {
    /// Decodes a file in memory, as it comes with a request. Nothing is written to disk.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - name: what to call it in messages.
    ///   - limits: what is refused.
    /// - Throws: ``AudioFileError``, `WAVError`.
    public static func decode(
        _ bytes: [UInt8], name: String, limits: AudioFileLimits = AudioFileLimits()
    ) throws -> DecodedAudio {
        switch AudioFileKind(of: bytes) {
        case .wav:
            var reader = try WAVReader(bytes, name: name)
            return try decode(&reader, name: name, limits)
        case .compressed(let format):
            let library = try SoundFileLibrary.shared(for: format, file: name)
            return try library.decode(bytes, name: name, format: format, limits)
        case .unreadable(let format): throw AudioFileError.unsupportedFormat(file: name, format: format)
        case .unknown: throw AudioFileError.unknownFormat(file: name)
        }
    }

    /// Decodes a file, or what comes through a pipe. Only as much of WAV is in memory as is decoded.
    ///
    /// - Parameters:
    ///   - path: the file; `-` is standard input.
    ///   - limits: what is refused.
    /// - Throws: ``AudioFileError``, `WAVError`.
    public static func read(_ path: String, limits: AudioFileLimits = AudioFileLimits()) throws -> DecodedAudio {
        let name = path == "-" ? "standard input" : path
        let file = try open(path, name: name)
        var start = try read(file, upTo: AudioFileKind.neededByteCount, name: name)
        if AudioFileKind(of: start) == .wav, path != "-", rewind(file) {
            var reader = try WAVReader(file, name: name)
            return try decode(&reader, name: name, limits)
        }
        while true {
            let piece = try read(file, upTo: 1 << 20, name: name)
            if piece.isEmpty { break }
            start += piece
            guard start.count <= limits.maximumFileByteCount else {
                throw AudioFileError.tooLarge(file: name, maximumByteCount: limits.maximumFileByteCount)
            }
        }
        return try decode(start, name: name, limits: limits)
    }

    private static func open(_ path: String, name: String) throws(AudioFileError) -> FileHandle {
        if path == "-" { return .standardInput }
        let descriptor = unsafe Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? .missing(file: name) : .unreadable(file: name, reason: unsafe String(cString: strerror(errno)))
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw .unreadable(file: name, reason: "this is a folder")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func read(_ file: FileHandle, upTo count: Int, name: String) throws(AudioFileError) -> [UInt8] {
        do { return try [UInt8](file.read(upToCount: count) ?? Data()) } catch {
            throw .unreadable(file: name, reason: error.localizedDescription)
        }
    }

    private static func rewind(_ file: FileHandle) -> Bool { (try? file.seek(toOffset: 0)) != nil }

    private static func decode(
        _ reader: inout WAVReader, name: String, _ limits: AudioFileLimits
    ) throws -> DecodedAudio {
        try limits.check(
            sampleRate: reader.format.sampleRate, channelCount: reader.format.channelCount, file: name)
        var audio = AudioChunk([], sampleRate: reader.format.sampleRate)
        let pieceFrameCount = max(65_536 / reader.format.channelCount, 1)
        while let piece = try reader.read(frameCount: pieceFrameCount) {
            audio.samples += piece.samples
            try limits.check(sampleCount: audio.samples.count, file: name)
        }
        let missing = reader.isTruncated ? reader.declaredFrameCount.map { $0 - reader.frameCount } : nil
        return DecodedAudio(audio: audio, format: "WAV", missingFrameCount: missing)
    }
}

/// A recording that was read.
public struct DecodedAudio: Sendable, Hashable {
    /// One channel, the mean of all, at the recording's own rate.
    public var audio: AudioChunk
    /// What the file is: "WAV", "FLAC" and the like.
    public var format: String
    /// Frames that the file promises and does not have; `nil` when it is whole.
    public var missingFrameCount: Int?
}

/// What is too much for a recording.
public struct AudioFileLimits: Sendable, Hashable {
    /// Samples of one channel that are decoded: 1 GiB of them, an hour and a half at 48 kHz.
    public var maximumSampleCount = 1 << 28
    /// Bytes of a file that has to be in memory as a whole.
    public var maximumFileByteCount = 1 << 29
    /// Channels.
    public var maximumChannelCount = 64
    /// Samples of one channel per second, in Hz.
    public var sampleRates = 1000...768_000

    /// The defaults.
    public init() {}

    func check(sampleRate: Int, channelCount: Int, file: String) throws(AudioFileError) {
        guard sampleRates.contains(sampleRate) else {
            throw .unusable(file: file, property: "a sample rate of \(sampleRate) Hz")
        }
        guard (1...max(maximumChannelCount, 1)).contains(channelCount) else {
            throw .unusable(file: file, property: "\(channelCount) channels")
        }
    }

    func check(sampleCount: Int, file: String) throws(AudioFileError) {
        guard sampleCount <= maximumSampleCount else {
            throw .tooLong(file: file, maximumSampleCount: maximumSampleCount)
        }
    }
}
