public import Foundation
public import OmniCore

/// Writes a WAV file piece by piece.
///
/// The header first says "to the end", which readers of streams understand. ``finish()`` goes back and writes the sizes
/// where the output lets itself be rewound and they fit in 32 bits; a pipe keeps the header that it has. So a file is
/// readable at any moment, also when a program ends before it has finished.
public struct WAVWriter {
    /// How the file stores its sound.
    public let format: WAVFormat
    /// Frames written so far.
    public private(set) var frameCount = 0

    private let name: String
    private let handle: FileHandle
    /// Where the header stands; `nil` for a pipe.
    private let start: UInt64?

    /// Creates a file, or replaces one.
    ///
    /// - Throws: ``WAVError/unwritable(file:)``.
    public init(to url: URL, format: WAVFormat) throws(WAVError) {
        let handle: FileHandle
        do {
            try Data().write(to: url)
            handle = try FileHandle(forWritingTo: url)
        } catch {
            throw .unwritable(file: url.path)
        }
        try self.init(handle, name: url.path, format: format)
    }

    /// Writes through a handle, which may be a pipe.
    ///
    /// - Throws: ``WAVError/unwritable(file:)``.
    public init(_ handle: FileHandle, name: String = "standard output", format: WAVFormat) throws(WAVError) {
        self.format = format
        self.name = name
        self.handle = handle
        start = try? handle.offset()
        try write(Self.header(format, dataByteCount: nil))
    }

    /// Appends sound, channels interleaved.
    ///
    /// - Parameter samples: `[frames, channels]`. Integers are rounded and clamped; what is no number is written as 0.
    /// - Throws: ``WAVError/unwritable(file:)``.
    /// - Precondition: whole frames.
    public mutating func write(interleaved samples: [Float]) throws(WAVError) {
        precondition(
            samples.count % format.channelCount == 0, "\(samples.count) samples in \(format.channelCount) channels")
        for start in stride(from: 0, to: samples.count, by: 16_384) {
            var bytes: [UInt8] = []
            let piece = samples.span.extracting(start..<min(start + 16_384, samples.count))
            WAVSamples.append(piece, as: format.sampleFormat, to: &bytes)
            try write(bytes)
        }
        frameCount += samples.count / format.channelCount
    }

    /// Appends mono sound.
    ///
    /// - Throws: ``WAVError/wrongSampleRate(expected:found:)``, ``WAVError/unwritable(file:)``.
    /// - Precondition: the file has one channel.
    public mutating func write(_ chunk: AudioChunk) throws(WAVError) {
        precondition(format.channelCount == 1, "mono sound for \(format.channelCount) channels")
        guard chunk.sampleRate == format.sampleRate else {
            throw .wrongSampleRate(expected: format.sampleRate, found: chunk.sampleRate)
        }
        try write(interleaved: chunk.samples)
    }

    /// Writes the sizes into the header where that is possible. Nothing may be written afterwards.
    ///
    /// - Throws: ``WAVError/unwritable(file:)``.
    public mutating func finish() throws(WAVError) {
        let byteCount = frameCount * format.bytesPerFrame
        if byteCount % 2 == 1 { try write([0]) }
        guard let start, byteCount < Int(UInt32.max) - 64 else { return }
        do {
            let end = try handle.offset()
            try handle.seek(toOffset: start)
            try handle.write(contentsOf: Data(Self.header(format, dataByteCount: byteCount)))
            try handle.seek(toOffset: end)
        } catch {
            throw .unwritable(file: name)
        }
    }

    private func write(_ bytes: [UInt8]) throws(WAVError) {
        do { try handle.write(contentsOf: Data(bytes)) } catch { throw .unwritable(file: name) }
    }

    /// The bytes before the sound; `nil` for sound that goes on to the end.
    static func header(_ format: WAVFormat, dataByteCount: Int?) -> [UInt8] {
        var body: [UInt8] = Array("WAVE".utf8)
        func append(_ value: Int, _ byteCount: Int) {
            for i in 0..<byteCount { body.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
        }
        let isFloat = format.sampleFormat.isFloat
        body += Array("fmt ".utf8)
        append(isFloat ? 18 : 16, 4)
        append(isFloat ? 3 : 1, 2)
        append(format.channelCount, 2)
        append(format.sampleRate, 4)
        append(format.sampleRate * format.bytesPerFrame, 4)
        append(format.bytesPerFrame, 2)
        append(8 * format.sampleFormat.byteCount, 2)
        if isFloat {
            append(0, 2)
            body += Array("fact".utf8)
            append(4, 4)
            append(dataByteCount.map { $0 / format.bytesPerFrame } ?? 0xFFFF_FFFF, 4)
        }
        body += Array("data".utf8)
        append(dataByteCount ?? 0xFFFF_FFFF, 4)
        let riffByteCount = dataByteCount.map { body.count + $0 + $0 % 2 } ?? 0xFFFF_FFFF
        return Array("RIFF".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: riffByteCount >> (8 * $0)) } + body
    }
}
