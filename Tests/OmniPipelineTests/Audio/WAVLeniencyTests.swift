import OmniCore
import OmniPipeline
import Testing

/// Headers that other programs write wrongly, and that ffmpeg and libsndfile read all the same.
@Suite struct WAVLeniencyTests {
    private static let audio: [UInt8] = [0, 0x40, 0, 0xC0, 0, 0x20, 0, 0xE0]
    private static let samples: [Float] = [0.5, -0.5, 0.25, -0.25]

    private static func file(format: [UInt8], data: [UInt8] = audio, byteCount: Int? = nil) -> [UInt8] {
        WAVBytes.file([WAVBytes.chunk("fmt ", format), WAVBytes.chunk("data", data, byteCount: byteCount)])
    }

    /// 0, bits for bytes, and the frame of another format: the bits of a sample decide.
    @Test(arguments: [0, 16, 3, 4, 1, 65_535]) func frameSizesThatMakeNoSense(bytesPerFrame: Int) throws {
        let file = Self.file(format: WAVBytes.format(bytesPerFrame: bytesPerFrame))
        #expect(try AudioChunk(wav: file).samples == Self.samples)
    }

    @Test func twentyFourBitsInThirtyTwo() throws {
        let audio: [UInt8] = [0, 0, 0, 0x40, 0, 0, 0, 0xC0]
        let plain = WAVBytes.format(bits: 24, bytesPerFrame: 4)
        #expect(try AudioChunk(wav: Self.file(format: plain, data: audio)).samples == [0.5, -0.5])
        let wide = WAVBytes.format(tag: 0xFFFE, bits: 32) + WAVBytes.extensible(tag: 1, validBits: 24)
        #expect(try AudioChunk(wav: Self.file(format: wide, data: audio)).samples == [0.5, -0.5])
    }

    /// Frames of three bytes, an odd number of them: the chunk has a byte more than the file.
    @Test func anOddNumberOfBytes() throws {
        let bytes = WAVBytes.file([
            WAVBytes.chunk("fmt ", WAVBytes.format(bits: 24)),
            WAVBytes.chunk("data", [UInt8](repeating: 0, count: 303)),
        ])
        var reader = try WAVReader(Array(bytes.dropLast()))
        #expect(try reader.readInterleaved(frameCount: 1000).count == 101)
        #expect(!reader.isTruncated)
    }

    @Test func telephony() throws {
        let codes: [UInt8] = [0xFF, 0x80, 0x00, 0xCE]
        let mu = try AudioChunk(wav: Self.file(format: WAVBytes.format(tag: 7, bits: 8), data: codes))
        #expect(mu.samples == codes.map { Float(G711.decodeMu($0)) / 32_768 })
        #expect(mu.samples[1] == 32_124.0 / 32_768)
        let law = try AudioChunk(wav: Self.file(format: WAVBytes.format(tag: 6, bits: 8), data: [0xD5, 0xAA]))
        #expect(law.samples == [8.0 / 32_768, 32_256.0 / 32_768])
    }

    @Test func mostSignificantByteFirst() throws {
        func big(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
            stride(from: 0, to: bytes.count, by: width).flatMap { bytes[$0..<$0 + width].reversed() }
        }
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            Array(name.utf8) + big(WAVBytes.little(body.count, 4), 4) + body
        }
        let format = WAVBytes.format()
        let body =
            chunk("fmt ", big(Array(format[..<4]), 2) + big(Array(format[4..<12]), 4) + big(Array(format[12...]), 2))
            + chunk("data", big(Self.audio, 2))
        let file = Array("RIFX".utf8) + big(WAVBytes.little(body.count + 4, 4), 4) + Array("WAVE".utf8) + body
        let chunkRead = try AudioChunk(wav: file)
        #expect(chunkRead == AudioChunk(Self.samples, sampleRate: 16_000))
    }

    /// A recorder that was cut off leaves 0 for the length of its audio, whatever the length of the file says.
    @Test func aLengthOfZeroBeforeSamples() throws {
        #expect(try AudioChunk(wav: Self.file(format: WAVBytes.format(), byteCount: 0)).samples == Self.samples)
    }

    /// What ffmpeg, sox and arecord leave in a pipe: no warning that samples are missing.
    @Test(arguments: [0xFFFF_FFFF, 0x7FFF_FFFF - 36, 0x7FFF_F000, 0x8000_0000, 0x7FFF_FFFF])
    func lengthsOfPipes(byteCount: Int) throws {
        var reader = try WAVReader(Self.file(format: WAVBytes.format(), byteCount: byteCount))
        #expect(try reader.readInterleaved(frameCount: 1000) == Self.samples)
        #expect(reader.declaredFrameCount == nil && !reader.isTruncated)
    }

    @Test func sixtyFourBitLengthsThatWereNeverWritten() throws {
        let bytes = WAVBytes.file(
            [
                WAVBytes.chunk("ds64", [UInt8](repeating: 0, count: 28)), WAVBytes.chunk("fmt ", WAVBytes.format()),
                WAVBytes.chunk("data", Self.audio, byteCount: 0xFFFF_FFFF),
            ], form: "RF64", riffByteCount: 0xFFFF_FFFF)
        #expect(try AudioChunk(wav: bytes).samples == Self.samples)
    }

    @Test func anExtensibleFormatWithoutItsExtension() throws {
        #expect(try AudioChunk(wav: Self.file(format: WAVBytes.format(tag: 0xFFFE))).samples == Self.samples)
    }

    @Test func aTagBeforeTheFile() throws {
        let tag: [UInt8] = Array("ID3".utf8) + [3, 0, 0, 0, 0, 1, 4] + [UInt8](repeating: 7, count: 132)
        #expect(try AudioChunk(wav: tag + Self.file(format: WAVBytes.format())).samples == Self.samples)
        // A tag without an end is no WAV file.
        #expect(throws: WAVError.notWAV(file: "memory")) { try AudioChunk(wav: Array(tag.prefix(20))) }
    }

    /// Other encodings are refused by their names.
    @Test(arguments: [
        (2, "Microsoft ADPCM"), (0x11, "IMA ADPCM"), (0x31, "GSM 6.10"), (0x55, "MP3"), (0x1234, "format 4660"),
    ])
    func encodingsByName(tag: Int, name: String) {
        let file = Self.file(format: WAVBytes.format(tag: tag, bits: 4, bytesPerFrame: 256))
        let error = #expect(throws: WAVError.self) { try WAVReader(file, name: "a.wav") }
        #expect(error?.description.contains("stored as \(name)") == true)
    }
}
