import AudioFiles
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniVAD
import OmniWhisper

/// A recording that is read a piece at a time, at one rate: in memory when it is short, and where no temporary file can
/// be made; else in a temporary file, which has no name and goes with the process.
struct SpooledRecording {
    let sampleCount: Int
    let sampleRate: Int
    /// Whether all samples are the same.
    private let isConstant: Bool
    private let storage: Storage

    private enum Storage {
        case memory([Float])
        case file(FileHandle)
    }

    /// - Parameters:
    ///   - path: the recording; `-` is standard input.
    ///   - sampleRate: the rate that it is brought to, in Hz.
    /// - Throws: as ``AudioInput``; ``OutputError`` when the temporary file cannot be written.
    init(_ path: String, sampleRate: Int) throws {
        self.sampleRate = sampleRate
        if let reader = Self.longRecording(path), let file = TemporaryData.makeFile() {
            (sampleCount, isConstant) = try NamedError.naming(path) {
                try Self.spool(reader, path, sampleRate: sampleRate, into: file)
            }
            storage = .file(file)
        } else {
            let samples = try AudioInput.read(path, sampleRate: sampleRate).samples
            storage = .memory(samples)
            sampleCount = samples.count
            isConstant = samples.allSatisfy { $0 == samples.first }
        }
    }

    /// Seconds. Longer recordings are kept in a file.
    private static let memoryLimit = 600

    /// A reader of a long WAV file; `nil` for anything else, which is decoded whole.
    private static func longRecording(_ path: String) -> WAVReader? {
        // A pipe can be read only once.
        var status = stat()
        guard unsafe path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG,
            let reader = try? WAVReader(Descriptor.open(path), name: path),
            let frameCount = reader.declaredFrameCount, frameCount / reader.format.sampleRate > memoryLimit
        else { return nil }
        return reader
    }

    /// - Returns: how many samples there are, and whether all are the same.
    private static func spool(
        _ source: WAVReader, _ path: String, sampleRate: Int, into file: FileHandle
    ) throws -> (sampleCount: Int, isConstant: Bool) {
        var reader = source
        var resampler = try Resampler(from: reader.format.sampleRate, to: sampleRate)
        var count = 0
        var first: Float?
        var isConstant = true
        func append(_ samples: [Float]) throws {
            count += samples.count
            first = first ?? samples.first
            isConstant = isConstant && samples.allSatisfy { $0 == first }
            try unsafe samples.withUnsafeBytes { bytes in
                try unsafe Descriptor.write(Data(bytes), to: file.fileDescriptor, path: TemporaryData.name)
            }
        }
        while let piece = try reader.read(frameCount: 1 << 18) { try append(resampler.push(piece.samples)) }
        try append(resampler.finish())
        if reader.isTruncated, let declared = reader.declaredFrameCount {
            Console.note("\(path): only \(reader.frameCount) of \(declared) samples are there")
        }
        return (count, isConstant)
    }

    /// Refuses a recording in which nothing can have been said, as `AudioChunk.requireSpeech`: a model would invent it.
    func requireSpeech() throws(AudioInputError) {
        let duration = Duration.seconds(Double(sampleCount) / Double(sampleRate))
        guard duration >= AudioChunk.minimumSpeechDuration else {
            throw .tooShort(duration, minimum: AudioChunk.minimumSpeechDuration)
        }
        guard !isConstant else { throw .silent(duration) }
    }

    /// The samples of a range.
    func samples(_ range: Range<Int>) throws -> [Float] {
        switch storage {
        case .memory(let samples): return Array(samples[range])
        case .file(let file):
            let width = MemoryLayout<Float>.size
            guard lseek(file.fileDescriptor, off_t(range.lowerBound * width), SEEK_SET) >= 0 else {
                throw InputError(path: TemporaryData.name, code: errno)
            }
            var bytes: [UInt8] = []
            while bytes.count < range.count * width {
                let piece = try Descriptor.readAvailable(
                    file, upTo: range.count * width - bytes.count, path: TemporaryData.name)
                guard !piece.isEmpty else { throw InputError(path: TemporaryData.name, code: EIO) }
                bytes += piece
            }
            return unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
        }
    }

    /// For a transcriber.
    var reader: SampleReader { SampleReader(sampleCount: sampleCount, read: samples) }

    /// Where speech is, in seconds.
    ///
    /// - Throws: `AudioInputError.tooLoud` where the detector can tell no more, besides what reading throws.
    func speech(_ detector: SileroVAD) throws -> [ClosedRange<Double>] {
        var state = detector.makeState()
        var probabilities: [Float] = []
        let windowCount = detector.windowSampleCount
        for start in stride(from: 0, to: sampleCount, by: windowCount * 1000) {
            let piece = try samples(start..<min(start + windowCount * 1000, sampleCount))
            probabilities += try detector.probabilities(of: piece.span, at: start, state: &state)
        }
        let segments = SpeechSegmenter.segments(
            of: probabilities, sampleCount: sampleCount, .miniOmni, windowSampleCount: windowCount,
            sampleRate: sampleRate)
        return segments.map { segment in
            Double(segment.start) / Double(sampleRate)...Double(segment.end) / Double(sampleRate)
        }
    }
}

/// A file for what does not fit in memory.
private enum TemporaryData {
    /// What it is called in messages.
    static var name: String { "the temporary file in \(folder)" }

    private static var folder: String { FileManager.default.temporaryDirectory.path }

    /// An empty file without a name, which its descriptor keeps; `nil` where none can be made.
    static func makeFile() -> FileHandle? {
        // mkstemp puts letters of its own in the place of the six at the end.
        let name = "omni-" + String(repeating: "X", count: 6)
        var template = Array("\(folder)/\(name)".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unsafe unlink(template)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
