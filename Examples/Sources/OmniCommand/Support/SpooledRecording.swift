import AudioFiles
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniVAD
import OmniWhisper

/// A recording that is read a piece at a time, at one rate: in memory when it is short, else in a temporary file, which
/// has no name and goes with the process.
struct SpooledRecording {
    let sampleCount: Int
    let sampleRate: Int
    private let storage: Storage

    private enum Storage {
        case memory([Float])
        case file(FileHandle)
    }

    /// Recordings longer than this are kept in a file.
    private static let memoryLimit = 600

    /// - Parameters:
    ///   - path: the recording; `-` is standard input.
    ///   - sampleRate: the rate that it is brought to, in Hz.
    /// - Throws: as ``AudioInput``; `CocoaError` when the temporary file cannot be written.
    init(_ path: String, sampleRate: Int) throws {
        self.sampleRate = sampleRate
        if let reader = Self.longRecording(path) {
            (storage, sampleCount) = try Self.spool(reader, path, sampleRate: sampleRate)
        } else {
            let samples = try AudioInput.read(path, sampleRate: sampleRate).samples
            storage = .memory(samples)
            sampleCount = samples.count
        }
    }

    /// A reader of a long WAV file; `nil` for anything else, which is decoded whole.
    private static func longRecording(_ path: String) -> WAVReader? {
        // A pipe can be read only once.
        let values = try? URL(filePath: path).resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
        guard path != "-", values?.isRegularFile == true, let reader = try? WAVReader(contentsOf: URL(filePath: path)),
            let frameCount = reader.declaredFrameCount, frameCount / reader.format.sampleRate > memoryLimit
        else { return nil }
        return reader
    }

    private static func spool(
        _ source: WAVReader, _ path: String, sampleRate: Int
    ) throws -> (Storage, sampleCount: Int) {
        let url = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: url.path])
        }
        let file = try FileHandle(forUpdating: url)
        // The open descriptor keeps the bytes.
        try FileManager.default.removeItem(at: url)
        var reader = source
        var resampler = try Resampler(from: reader.format.sampleRate, to: sampleRate)
        var count = 0
        func append(_ samples: [Float]) throws {
            count += samples.count
            try unsafe samples.withUnsafeBytes { try unsafe file.write(contentsOf: Data($0)) }
        }
        while let piece = try reader.read(frameCount: 1 << 18) { try append(resampler.push(piece.samples)) }
        try append(resampler.finish())
        if reader.isTruncated, let declared = reader.declaredFrameCount {
            Console.note("\(path): only \(reader.frameCount) of \(declared) samples are there")
        }
        return (.file(file), count)
    }

    /// Refuses a recording that is too short to hold a word: a model invents what was said in it.
    func requireSpeech() throws(SpeechlessAudioError) {
        let duration = Duration.seconds(Double(sampleCount) / Double(sampleRate))
        guard duration >= AudioChunk.minimumSpeechDuration else {
            throw .tooShort(duration, minimum: AudioChunk.minimumSpeechDuration)
        }
    }

    /// The samples of a range.
    func samples(_ range: Range<Int>) throws -> [Float] {
        switch storage {
        case .memory(let samples): return Array(samples[range])
        case .file(let file):
            let width = MemoryLayout<Float>.size
            try file.seek(toOffset: UInt64(range.lowerBound * width))
            var bytes = Data()
            while bytes.count < range.count * width {
                guard let piece = try file.read(upToCount: range.count * width - bytes.count), !piece.isEmpty else {
                    throw CocoaError(.fileReadUnknown)
                }
                bytes.append(piece)
            }
            return unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
        }
    }

    /// For a transcriber.
    var reader: SampleReader { SampleReader(sampleCount: sampleCount, read: samples) }

    /// Where speech is, in seconds.
    func speech(_ detector: SileroVAD) throws -> [ClosedRange<Double>] {
        var state = detector.makeState()
        var probabilities: [Float] = []
        let windowCount = detector.windowSampleCount
        // Some windows at a time; the last one is filled up with silence.
        for start in stride(from: 0, to: sampleCount, by: windowCount * 1000) {
            var piece = try samples(start..<min(start + windowCount * 1000, sampleCount))
            piece += Array(repeating: 0, count: (windowCount - piece.count % windowCount) % windowCount)
            for window in stride(from: 0, to: piece.count, by: windowCount) {
                let span = piece.span.extracting(window..<window + windowCount)
                probabilities.append(detector.speechProbability(in: span, state: &state))
            }
        }
        let segments = SpeechSegmenter.segments(
            of: probabilities, sampleCount: sampleCount, .miniOmni, windowSampleCount: windowCount,
            sampleRate: sampleRate)
        return segments.map { segment in
            Double(segment.start) / Double(sampleRate)...Double(segment.end) / Double(sampleRate)
        }
    }
}
