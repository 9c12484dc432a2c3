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
    private typealias ReadFrames = @convention(c) (Int, Int, Int64) -> Int64
    private typealias OnFile = @convention(c) (Int) -> Int32
    private typealias ErrorText = @convention(c) (Int) -> Int

    private static let names = ["libsndfile.so.1", "libsndfile.so", "libsndfile.1.dylib", "libsndfile.dylib"]
    private static let reading: Int32 = 0x10

    private let library: Int

    private static let loaded: SoundFileLibrary? = {
        let found = names.lazy.map { unsafe Int(bitPattern: dlopen($0, RTLD_NOW | RTLD_LOCAL)) }.first { $0 != 0 }
        return found.map { SoundFileLibrary(library: $0) }
    }()

    /// The library, loaded once.
    ///
    /// - Throws: ``AudioFileError/libraryMissing(file:format:)``.
    static func shared(for format: String, file: String) throws(AudioFileError) -> SoundFileLibrary {
        guard let loaded else { throw .libraryMissing(file: file, format: format) }
        return loaded
    }

    /// Decodes a file in memory, channels averaged.
    func decode(
        _ bytes: [UInt8], name: String, format: String, _ limits: AudioFileLimits
    ) throws -> DecodedAudio {
        let input = MemoryInput(bytes)
        return try withExtendedLifetime(input) {
            var info = Info()
            let file = try open(input, &info, name: name, format: format)
            defer { if let close: OnFile = try? function("sf_close", name, format) { _ = close(file) } }
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
                audio.samples +=
                    AudioChunk(downMixing: samples, channelCount: channelCount, sampleRate: sampleRate).samples
                try limits.check(sampleCount: audio.samples.count, file: name)
            }
            // The length of a lossy stream is an estimate, and an endless one promises the largest number.
            let knowsLength = !["MP3", "Ogg"].contains(format) && info.frameCount < 1 << 40
            let missing = Int(clamping: info.frameCount) - audio.samples.count
            return DecodedAudio(
                audio: audio, format: format, missingFrameCount: knowsLength && missing > 0 ? missing : nil)
        }
    }

    private func open(
        _ input: MemoryInput, _ info: inout Info, name: String, format: String
    ) throws(AudioFileError) -> Int {
        let open: OpenVirtual = try function("sf_open_virtual", name, format)
        var callbacks = unsafe MemoryInput.callbacks
        let context = unsafe Int(bitPattern: Unmanaged.passUnretained(input).toOpaque())
        let file = unsafe withUnsafePointer(to: &callbacks) { callbacks in
            unsafe withUnsafeMutablePointer(to: &info) { info in
                open(Int(bitPattern: callbacks), Self.reading, Int(bitPattern: info), context)
            }
        }
        guard file != 0 else {
            throw .refused(file: name, format: format, reason: try lastError(name, format))
        }
        return file
    }

    private func lastError(_ name: String, _ format: String) throws(AudioFileError) -> String {
        let describe: ErrorText = try function("sf_strerror", name, format)
        let text = unsafe UnsafePointer<CChar>(bitPattern: describe(0)).map { unsafe String(cString: $0) }
        let reason = (text ?? "unknown error").trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
        return format == "MP3" ? reason + " (MP3 needs libsndfile 1.1 or newer)" : reason
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
