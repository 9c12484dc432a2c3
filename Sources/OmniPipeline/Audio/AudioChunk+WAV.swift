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
        try writer.write(interleaved: samples)
        try writer.finish()
    }

    /// Audio from raw PCM: signed 16-bit samples of one channel, little-endian, without a header.
    ///
    /// - Parameters:
    ///   - bytes: two a sample, as `Data` or an array; an odd last byte is left out.
    ///   - sampleRate: Hz, positive.
    public init(pcm16 bytes: some Collection<UInt8>, sampleRate: Int) {
        var samples: [Float] = []
        samples.reserveCapacity(bytes.count / 2)
        var iterator = bytes.makeIterator()
        while let low = iterator.next(), let high = iterator.next() {
            samples.append(Float(Int16(bitPattern: UInt16(low) | UInt16(high) << 8)) * 0x1p-15)
        }
        self.init(samples, sampleRate: sampleRate)
    }

    /// The samples as raw 16-bit PCM, little-endian: rounded, clamped, 0 for what is no number.
    public var pcm16: [UInt8] {
        var bytes: [UInt8] = []
        WAVSamples.append(samples.span, as: .int16, to: &bytes)
        return bytes
    }
}
