public import Foundation
public import OmniCore

/// Reads a WAV file piece by piece, in memory that does not grow with the file.
///
/// It takes PCM of 8 to 32 bits, also in wider containers, floats of 32 and 64, G.711, `WAVE_FORMAT_EXTENSIBLE`,
/// `RF64`,
/// `RIFX`, chunks in any order, frame sizes that other programs get wrong and headers written before their sizes were
/// known. A file that ends early gives what it has, whole frames only. Floats come as they are stored, so that a
/// damaged file may give samples that are not finite.
public struct WAVReader {
    /// How the file stores its audio.
    public let format: WAVFormat
    /// Frames that the header promises; `nil` where it was written before that was known.
    public let declaredFrameCount: Int?
    /// Frames read so far.
    public private(set) var frameCount = 0
    /// Whether the file ended before it had given ``declaredFrameCount`` frames.
    public private(set) var isTruncated = false

    private var source: any ByteSource
    private var bytesLeft: UInt64?
    private let isBigEndian: Bool

    /// Opens a file and reads its header.
    public init(contentsOf url: URL) throws(WAVError) {
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: url) } catch { throw .unreadable(file: url.path) }
        try self.init(HandleSource(handle, name: url.path))
    }

    /// Reads the header of what comes through a handle, which may be a pipe.
    public init(_ handle: FileHandle, name: String = "standard input") throws(WAVError) {
        try self.init(HandleSource(handle, name: name))
    }

    /// Reads the header of a file in memory.
    public init(_ bytes: [UInt8], name: String = "memory") throws(WAVError) {
        try self.init(MemorySource(name: name, bytes: bytes))
    }

    private init(_ source: some ByteSource) throws(WAVError) {
        var source = source
        let header = try WAVHeader(reading: &source)
        format = header.format
        isBigEndian = header.isBigEndian
        bytesLeft = header.dataByteCount
        declaredFrameCount = header.dataByteCount.map { Int($0 / UInt64(header.format.bytesPerFrame)) }
        self.source = source
    }

    /// The next frames, channels interleaved; fewer than asked for only at the end, none after it.
    ///
    /// - Returns: `[frames, channels]`.
    /// - Throws: ``WAVError/unreadable(file:)``.
    public mutating func readInterleaved(frameCount wanted: Int) throws(WAVError) -> [Float] {
        precondition(wanted > 0, "\(wanted) frames")
        let width = format.bytesPerFrame
        var samples: [Float] = []
        var framesLeft = wanted
        // A bounded number of bytes at a time: what is asked for may be far more than there is.
        let framesPerRead = max(65_536 / width, 1)
        while framesLeft > 0 {
            var byteCount = min(framesLeft, framesPerRead) * width
            if let bytesLeft { byteCount = Int(min(UInt64(byteCount), bytesLeft / UInt64(width) * UInt64(width))) }
            var bytes = byteCount == 0 ? [] : try source.read(upTo: byteCount)
            let count = bytes.count / width
            if let left = bytesLeft { bytesLeft = left - UInt64(bytes.count) }
            if isBigEndian { WAVSamples.swapBytes(&bytes, width: format.sampleFormat.byteCount) }
            WAVSamples.append(bytes.span.extracting(first: count * width), as: format.sampleFormat, to: &samples)
            frameCount += count
            framesLeft -= count
            guard bytes.count == byteCount, byteCount > 0 else {
                isTruncated = declaredFrameCount.map { frameCount < $0 } ?? false
                bytesLeft = 0
                break
            }
        }
        return samples
    }

    /// The next frames, the channels of each averaged; `nil` after the end.
    ///
    /// - Throws: ``WAVError/unreadable(file:)``.
    public mutating func read(frameCount: Int) throws(WAVError) -> AudioChunk? {
        let samples = try readInterleaved(frameCount: frameCount)
        guard !samples.isEmpty else { return nil }
        return AudioChunk(downMixing: samples, channelCount: format.channelCount, sampleRate: format.sampleRate)
    }
}

extension AudioChunk {
    /// The mean of interleaved channels.
    ///
    /// - Parameter samples: `[frames, channels]`.
    /// - Precondition: whole frames, and at least one channel.
    public init(downMixing samples: [Float], channelCount: Int, sampleRate: Int) {
        precondition(
            channelCount > 0 && samples.count % channelCount == 0,
            "\(samples.count) samples in \(channelCount) channels")
        guard channelCount > 1 else {
            self.init(samples, sampleRate: sampleRate)
            return
        }
        let scale = 1 / Float(channelCount)
        let mono = (0..<samples.count / channelCount).map { frame in
            var sum: Float = 0
            for channel in 0..<channelCount { sum += samples[frame * channelCount + channel] }
            return sum * scale
        }
        self.init(mono, sampleRate: sampleRate)
    }
}
