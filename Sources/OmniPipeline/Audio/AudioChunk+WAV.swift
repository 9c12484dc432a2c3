public import Foundation
public import OmniCore

extension AudioChunk {
    /// Reads a whole WAV file at its own rate, channels averaged.
    ///
    /// - Throws: ``WAVError``. A file that ends early is no error: what is there is read; a ``WAVReader`` tells.
    public init(contentsOfWAV url: URL) throws(WAVError) {
        var reader = try WAVReader(contentsOf: url)
        try self.init(reading: &reader)
    }

    /// Reads a whole WAV file in memory at its own rate, channels averaged.
    ///
    /// - Throws: ``WAVError``.
    public init(wav bytes: [UInt8]) throws(WAVError) {
        var reader = try WAVReader(bytes)
        try self.init(reading: &reader)
    }

    private init(reading reader: inout WAVReader) throws(WAVError) {
        var chunk = AudioChunk([], sampleRate: reader.format.sampleRate)
        while let piece = try reader.read(frameCount: 65_536) { chunk.samples += piece.samples }
        self = chunk
    }

    /// Writes a mono WAV file.
    ///
    /// - Throws: ``WAVError/unwritable(file:reason:)``.
    /// - Precondition: the rate fits in 32 bits.
    public func writeWAV(to url: URL, as sampleFormat: WAVFormat.SampleFormat = .int16) throws(WAVError) {
        var writer = try WAVWriter(to: url, format: WAVFormat(sampleRate: sampleRate, sampleFormat: sampleFormat))
        try writer.write(self)
        try writer.finish()
    }

    /// The samples as raw 16-bit PCM, little-endian: rounded, clamped, 0 for what is no number.
    public var pcm16: [UInt8] {
        var bytes: [UInt8] = []
        WAVSamples.append(samples.span, as: .int16, to: &bytes)
        return bytes
    }
}
