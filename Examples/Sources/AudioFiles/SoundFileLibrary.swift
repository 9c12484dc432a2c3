import Foundation
import OmniCore
import OmniPipeline
import Synchronization

/// libsndfile, found when the program runs: WAV needs nothing that is not here.
///
/// Pointers of the library are kept as addresses: nothing here looks behind them.
struct SoundFileLibrary: Sendable {
    /// The layout of `SF_INFO`.
    private struct Info {
        var frameCount: Int64 = 0
        var sampleRate: Int32 = 0
        var channelCount: Int32 = 0
        var format: Int32 = 0
        var sections: Int32 = 0
        var isSeekable: Int32 = 0
    }

    private typealias OpenVirtual = @convention(c) (Int, Int32, Int, Int) -> Int
    private typealias OpenPath = @convention(c) (Int, Int32, Int) -> Int
    private typealias ReadFrames = @convention(c) (Int, Int, Int64) -> Int64
    private typealias OnFile = @convention(c) (Int) -> Int32
    private typealias ErrorText = @convention(c) (Int) -> Int

    private static let names = ["libsndfile.so.1", "libsndfile.so", "libsndfile.1.dylib", "libsndfile.dylib"]
    private static let reading: Int32 = 0x10
    /// `SF_ERR_UNRECOGNISED_FORMAT`.
    private static let unrecognised: Int32 = 1
    /// libsndfile's number for an input that its MP3 decoder cannot open, with a text about regular files.
    private static let badInput: Int32 = 7

    private let library: Int

    /// The library, loaded once; `nil` when it is not installed.
    static let loaded: SoundFileLibrary? = {
        let found = names.lazy.map { unsafe Int(bitPattern: dlopen($0, RTLD_NOW | RTLD_LOCAL)) }.first { $0 != 0 }
        return found.map { SoundFileLibrary(library: $0) }
    }()

    /// The library.
    ///
    /// - Throws: ``AudioFileError/libraryMissing(file:format:)``.
    static func shared(for format: String, file: String) throws(AudioFileError) -> SoundFileLibrary {
        guard let loaded else { throw .libraryMissing(file: file, format: format) }
        return loaded
    }

    // MARK: Decoding

    /// Decodes a file in memory, channels averaged.
    ///
    /// - Parameter format: what the first bytes say; `nil` when the library alone can tell.
    /// - Throws: ``AudioFileError``; ``AudioFileError/unknownFormat(file:)`` for what the library does not recognise.
    func decode(
        _ bytes: [UInt8], name: String, format: String?, _ limits: AudioFileLimits
    ) throws(AudioFileError) -> DecodedAudio {
        let input = MemoryInput(bytes)
        defer { withExtendedLifetime(input) {} }
        var info = Info()
        let file = try open(input, &info, name: name, format: format)
        defer { close(file) }
        let format = format ?? SoundFileFormat.name(of: info.format)
        var decoded = try read(file, info, name: name, format: format, limits)
        switch format {
        case "Ogg":
            decoded.missingFrameCount = nil
            if StreamEnd.isMissing(inOgg: bytes) { decoded.isTruncated = true }
        case "MP3":
            // Two frames of the stream may be a decoder's delay.
            guard !StreamEnd.isAnnounced(inMP3: bytes) || decoded.missingFrameCount ?? 0 <= 2304 else { break }
            (decoded.missingFrameCount, decoded.isTruncated) = (nil, false)
        default: break
        }
        return decoded
    }

    /// Decodes a Sound Designer II file, whose description is in a file beside it.
    ///
    /// - Returns: `nil` for any other file: the library would take the ending of a name for a format.
    func decodeSoundDesigner(_ path: String, _ limits: AudioFileLimits) throws(AudioFileError) -> DecodedAudio? {
        let open: OpenPath = try function("sf_open", path, "Sound Designer II")
        var info = Info()
        let file = unsafe path.withCString { path in
            unsafe withUnsafeMutablePointer(to: &info) { info in
                open(Int(bitPattern: path), Self.reading, Int(bitPattern: info))
            }
        }
        guard file != 0 else { return nil }
        defer { close(file) }
        guard SoundFileFormat.container(of: info.format) == SoundFileFormat.soundDesigner else { return nil }
        return try read(file, info, name: path, format: SoundFileFormat.name(of: info.format), limits)
    }

    private func read(
        _ file: Int, _ info: Info, name: String, format: String, _ limits: AudioFileLimits
    ) throws(AudioFileError) -> DecodedAudio {
        let (sampleRate, channelCount) = (Int(info.sampleRate), Int(info.channelCount))
        try limits.check(sampleRate: sampleRate, channelCount: channelCount, file: name)
        let read: ReadFrames = try function("sf_readf_float", name, format)
        let frameCount = max(16_384 / channelCount, 1)
        var piece = [Float](repeating: 0, count: frameCount * channelCount)
        var audio = AudioChunk([], sampleRate: sampleRate)
        while true {
            let count = unsafe piece.withUnsafeMutableBufferPointer { buffer in
                read(file, Int(bitPattern: buffer.baseAddress), Int64(frameCount))
            }
            guard count > 0 else { break }
            let samples = Array(piece.prefix(min(Int(count), frameCount) * channelCount))
            audio.samples += AudioChunk(downMixing: samples, channelCount: channelCount, sampleRate: sampleRate).samples
            try limits.check(sampleCount: audio.samples.count, file: name)
        }
        let failure = try errorCode(of: file, name, format)
        guard !audio.samples.isEmpty || (failure == 0 && info.frameCount == 0) else {
            let reason = failure == 0 ? "it ends before its audio begins" : try errorText(of: file, name, format)
            throw .refused(file: name, format: format, reason: reason)
        }
        // An endless stream promises the largest number.
        let missing = info.frameCount < 1 << 40 ? Int(info.frameCount) - audio.samples.count : 0
        return DecodedAudio(
            audio: audio, format: format, missingFrameCount: missing > 0 ? missing : nil,
            isTruncated: missing > 0 || failure != 0)
    }

    // MARK: Functions of the library

    private func open(
        _ input: MemoryInput, _ info: inout Info, name: String, format: String?
    ) throws(AudioFileError) -> Int {
        let known = format ?? "audio"
        let open: OpenVirtual = try function("sf_open_virtual", name, known)
        var callbacks = unsafe MemoryInput.callbacks
        let context = unsafe Int(bitPattern: Unmanaged.passUnretained(input).toOpaque())
        let file = unsafe withUnsafePointer(to: &callbacks) { callbacks in
            unsafe withUnsafeMutablePointer(to: &info) { info in
                open(Int(bitPattern: callbacks), Self.reading, Int(bitPattern: info), context)
            }
        }
        if file != 0 { return file }
        let code = try errorCode(of: 0, name, known)
        if format == nil, code == Self.unrecognised { throw .unknownFormat(file: name) }
        var reason = try errorText(of: 0, name, known)
        if format == "MP3" {
            reason =
                code == Self.badInput
                ? "it ends before its audio begins" : reason + " (MP3 needs libsndfile 1.1 or newer)"
        }
        throw .refused(file: name, format: known, reason: reason)
    }

    private func close(_ file: Int) {
        if let close: OnFile = try? function("sf_close", "", "") { _ = close(file) }
    }

    /// - Parameter file: 0 for the last call that opened none.
    private func errorCode(of file: Int, _ name: String, _ format: String) throws(AudioFileError) -> Int32 {
        let find: OnFile = try function("sf_error", name, format)
        return find(file)
    }

    /// The library's sentence without its decoration.
    private func errorText(of file: Int, _ name: String, _ format: String) throws(AudioFileError) -> String {
        let describe: ErrorText = try function("sf_strerror", name, format)
        let text = unsafe UnsafePointer<CChar>(bitPattern: describe(file)).map { unsafe String(cString: $0) }
        let sentence = (text ?? "unknown error").replacing("Error : ", with: "")
        return sentence.trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
    }

    private func function<Function>(
        _ symbol: String, _ file: String, _ format: String
    ) throws(AudioFileError) -> Function {
        guard let found = unsafe dlsym(UnsafeMutableRawPointer(bitPattern: library), symbol) else {
            throw .refused(file: file, format: format, reason: "this libsndfile has no \(symbol)")
        }
        return unsafe unsafeBitCast(found, to: Function.self)
    }
}
