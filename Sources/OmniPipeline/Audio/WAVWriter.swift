public import Foundation
public import OmniCore
public import OmniTensor

/// Writes a WAV file piece by piece.
///
/// A file appears under its name with ``finish()``, see `OutputFile` of OmniTensor; until then a file of that name is
/// as it was. The header first says "to the end", which readers of streams understand. ``finish()`` goes back and
/// writes the sizes where the output lets itself be rewound and they fit in 32 bits; a pipe keeps the header that it
/// has.
public struct WAVWriter {
    /// How the file stores its audio.
    public let format: WAVFormat
    /// Frames written so far.
    public private(set) var frameCount = 0

    private enum Sink {
        case file(OutputFile)
        /// `start`: where the header stands; `nil` for a pipe.
        case handle(FileHandle, start: UInt64?)
    }

    private let name: String
    private let sink: Sink

    /// Creates a file, or replaces one when it is finished. A device or a pipe is written to as it is.
    ///
    /// - Throws: ``WAVError/unwritable(file:reason:)``.
    public init(to url: URL, format: WAVFormat) throws(WAVError) {
        do {
            try self.init(.file(OutputFile(url.path)), name: url.path, format: format)
        } catch let error as OutputFileError {
            throw .unwritable(file: url.path, reason: error.reason)
        } catch let error as WAVError {
            throw error
        } catch {
            throw .unwritable(file: url.path, reason: error.localizedDescription)
        }
    }

    /// Writes to an output that the caller has opened.
    ///
    /// - Throws: ``WAVError/unwritable(file:reason:)``.
    public init(to file: OutputFile, format: WAVFormat) throws(WAVError) {
        try self.init(.file(file), name: file.path, format: format)
    }

    /// Writes through a handle, which may be a pipe. A file that is appended to keeps the header that it has, like a
    /// pipe.
    ///
    /// - Throws: ``WAVError/unwritable(file:reason:)``.
    public init(_ handle: FileHandle, name: String = "standard output", format: WAVFormat) throws(WAVError) {
        // The system writes at the end of such a file, wherever the handle stands.
        let isAppending = fcntl(handle.fileDescriptor, F_GETFL) & O_APPEND != 0
        try self.init(.handle(handle, start: isAppending ? nil : try? handle.offset()), name: name, format: format)
    }

    private init(_ sink: Sink, name: String, format: WAVFormat) throws(WAVError) {
        self.format = format
        self.name = name
        self.sink = sink
        try write(Self.header(format, dataByteCount: nil))
    }

    /// Appends audio, channels interleaved.
    ///
    /// - Parameter samples: `[frames, channels]`. Integers are rounded and clamped; what is no number is written as 0.
    /// - Throws: ``WAVError/unwritable(file:reason:)``.
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

    /// Appends mono audio.
    ///
    /// - Throws: `AudioInputError.wrongSampleRate`, ``WAVError/unwritable(file:reason:)``.
    /// - Precondition: the file has one channel.
    public mutating func write(_ chunk: AudioChunk) throws {
        precondition(format.channelCount == 1, "mono audio for \(format.channelCount) channels")
        try chunk.require(sampleRate: format.sampleRate)
        try write(interleaved: chunk.samples)
    }

    /// Writes the sizes into the header where that is possible, and gives a file its name. Nothing may be written
    /// afterwards.
    ///
    /// - Throws: ``WAVError/unwritable(file:reason:)``.
    public mutating func finish() throws(WAVError) {
        let byteCount = frameCount * format.bytesPerFrame
        if byteCount % 2 == 1 { try write([0]) }
        let header = byteCount < Int(UInt32.max) - 64 ? Self.header(format, dataByteCount: byteCount) : nil
        do {
            switch sink {
            case .file(let file):
                if let header, file.canReplace { try file.replace(header, at: 0) }
                try file.finish()
            case .handle(let handle, let start):
                guard let header, let start else { return }
                let end = try handle.offset()
                try handle.seek(toOffset: start)
                try OutputFile.write(header, to: handle.fileDescriptor, path: name)
                try handle.seek(toOffset: end)
            }
        } catch {
            throw failure(error)
        }
    }

    private func write(_ bytes: [UInt8]) throws(WAVError) {
        do {
            switch sink {
            case .file(let file): try file.append(bytes)
            case .handle(let handle, _): try OutputFile.write(bytes, to: handle.fileDescriptor, path: name)
            }
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> WAVError {
        .unwritable(file: name, reason: (error as? OutputFileError)?.reason ?? error.localizedDescription)
    }

    /// The bytes before the audio; `nil` for audio that goes on to the end.
    static func header(_ format: WAVFormat, dataByteCount: Int?) -> [UInt8] {
        var body: [UInt8] = Array("WAVE".utf8)
        func append(_ value: Int, _ byteCount: Int) {
            for i in 0..<byteCount { body.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
        }
        let tag = format.sampleFormat.formatTag
        body += Array("fmt ".utf8)
        append(tag == 1 ? 16 : 18, 4)
        append(tag, 2)
        append(format.channelCount, 2)
        append(format.sampleRate, 4)
        append(format.sampleRate * format.bytesPerFrame, 4)
        append(format.bytesPerFrame, 2)
        append(8 * format.sampleFormat.byteCount, 2)
        // All but PCM have an extension, here an empty one, and say how many frames there are.
        if tag != 1 {
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
