import Foundation
public import OmniCore
import OmniPipeline

/// Reads recordings: WAV with OmniPipeline's own reader, and every other format that libsndfile recognises, when that
/// is installed: FLAC, Ogg (Vorbis, Opus), MP3, AIFF, W64, CAF, AU, NIST SPHERE, VOC, IRCAM, PAF and more.
///
/// The result is one channel at the recording's own rate. Everything is bounded by ``AudioFileLimits``: what a file
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
            do {
                var reader = try WAVReader(bytes, name: name)
                return try decode(&reader, name: name, limits)
            } catch let unsupported as WAVError {
                // ADPCM, GSM and other encodings are in many old WAV files.
                guard case .unsupportedEncoding = unsupported, let library = SoundFileLibrary.loaded else {
                    throw unsupported
                }
                do {
                    return try library.decode(bytes, name: name, format: "WAV", limits)
                } catch AudioFileError.tooLong(let file, let maximum) {
                    throw AudioFileError.tooLong(file: file, maximumSampleCount: maximum)
                } catch {
                    throw unsupported  // The library does not know the encoding either.
                }
            }
        case .libraryFormat(let format):
            let library = try SoundFileLibrary.shared(for: format, file: name)
            return try library.decode(bytes, name: name, format: format, limits)
        case .unreadable(let format): throw AudioFileError.unsupportedFormat(file: name, format: format)
        case .unknown:
            guard !bytes.isEmpty, let library = SoundFileLibrary.loaded else {
                throw AudioFileError.unknownFormat(file: name)
            }
            return try library.decode(bytes, name: name, format: nil, limits)
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
        var bytes = try read(file, upTo: AudioFileKind.neededByteCount, name: name)
        if AudioFileKind(of: bytes) == .wav, path != "-", rewind(file) {
            do {
                var reader = try WAVReader(file, name: name)
                return try decode(&reader, name: name, limits)
            } catch WAVError.unsupportedEncoding where rewind(file) {
                bytes = []
            }
        }
        while true {
            let piece = try read(file, upTo: 1 << 20, name: name)
            if piece.isEmpty { break }
            bytes += piece
            guard bytes.count <= limits.maximumFileByteCount else {
                throw AudioFileError.tooLarge(file: name, maximumByteCount: limits.maximumFileByteCount)
            }
        }
        do {
            return try decode(bytes, name: name, limits: limits)
        } catch AudioFileError.unknownFormat {
            // The description of a Sound Designer II file is in another file beside it: only its path leads there.
            guard path != "-", let audio = try SoundFileLibrary.loaded?.decodeSoundDesigner(path, limits) else {
                throw AudioFileError.unknownFormat(file: name)
            }
            return audio
        }
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

    /// Up to `count` bytes, fewer only at the end.
    private static func read(_ file: FileHandle, upTo count: Int, name: String) throws(AudioFileError) -> [UInt8] {
        var (bytes, failure): ([UInt8], Int32) = ([], 0)
        unsafe bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filledCount in
            while filledCount < count {
                let start = unsafe buffer.baseAddress?.advanced(by: filledCount)
                let readCount = unsafe Foundation.read(file.fileDescriptor, start, count - filledCount)
                if readCount == 0 { break }
                if readCount > 0 {
                    filledCount += readCount
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else {
            throw .unreadable(file: name, reason: unsafe String(cString: strerror(failure)))
        }
        return bytes
    }

    private static func rewind(_ file: FileHandle) -> Bool { lseek(file.fileDescriptor, 0, SEEK_SET) == 0 }

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
        return DecodedAudio(
            audio: audio, format: "WAV", missingFrameCount: missing, isTruncated: reader.isTruncated)
    }
}

/// A recording that was read.
public struct DecodedAudio: Sendable, Hashable {
    /// One channel, the mean of all, at the recording's own rate.
    public var audio: AudioChunk
    /// What the file is: "WAV", "FLAC" and the like.
    public var format: String
    /// Frames that the file promises and does not have; `nil` when it is whole, and when that is not known.
    public var missingFrameCount: Int?
    /// Whether the file ends, or is damaged, before the end of its audio.
    public var isTruncated: Bool
}
