import Foundation
import OmniCore
import OmniPipeline
import OmniTesting
import TestSupport
import Testing

/// Files of every kind that the reader takes.
@Suite struct WAVReaderTests {
    @Test(arguments: ["q_name_16k", "stereo_44k", "q_name_24k"]) func readsRecordings(_ name: String) throws {
        let expected = try Fixture.audio("audio/\(name).wav")
        let found = try AudioChunk(contentsOfWAV: Fixture.url("audio/\(name).wav"))
        #expect(found == expected)
    }

    @Test func readsEverySampleFormat() throws {
        let cases: [(tag: Int, bits: Int, body: [UInt8], expected: [Float])] = [
            (1, 8, [0, 64, 128, 255], [-1, -0.5, 0, 127.0 / 128]),
            (1, 16, [0, 0x80, 0, 0xC0, 0, 0, 0xFF, 0x7F], [-1, -0.5, 0, 32_767.0 / 32_768]),
            (1, 24, [0, 0, 0x80, 0, 0, 0xC0, 0, 0, 0x40], [-1, -0.5, 0.5]),
            (1, 32, [0, 0, 0, 0x80, 0, 0, 0, 0x40], [-1, 0.5]),
            (3, 32, WAVBytes.little(Int(Float(0.3).bitPattern), 4), [0.3]),
            (3, 64, WAVBytes.little(Int(Double(0.3).bitPattern), 8), [0.3]),
            // Twelve bits are stored in sixteen, at the top.
            (1, 12, [0, 0x80, 0, 0x40], [-1, 0.5]),
        ]
        for (tag, bits, body, expected) in cases {
            let plain = WAVBytes.format(tag: tag, bits: bits)
            let bytes = WAVBytes.file([WAVBytes.chunk("fmt ", plain), WAVBytes.chunk("data", body)])
            #expect(try AudioChunk(wav: bytes).samples == expected, "\(bits) bits")
            let wide = WAVBytes.format(tag: 0xFFFE, bits: bits) + WAVBytes.extensible(tag: tag, validBits: bits)
            let extensible = WAVBytes.file([WAVBytes.chunk("fmt ", wide), WAVBytes.chunk("data", body)])
            #expect(try AudioChunk(wav: extensible).samples == expected, "\(bits) bits, extensible")
        }
    }

    @Test func averagesEightBitStereo() throws {
        let format = WAVBytes.format(channelCount: 2, sampleRate: 11_025, bits: 8)
        let bytes = WAVBytes.file([
            WAVBytes.chunk("fmt ", format), WAVBytes.chunk("data", [0, 255, 192, 192, 128, 64]),
        ])
        let chunk = try AudioChunk(wav: bytes)
        #expect(chunk == AudioChunk([-0.00390625, 0.5, -0.25], sampleRate: 11_025))
    }

    @Test func takesChunksInAnyOrderAndOfOddLength() throws {
        let format = WAVBytes.chunk("fmt ", WAVBytes.format(bits: 8))
        let note = WAVBytes.chunk("LIST", [1, 2, 3])
        let data = WAVBytes.chunk("data", [255, 128, 0])
        for chunks in [[note, format, note, data], [data, note, format], [format, data, note]] {
            #expect(try AudioChunk(wav: WAVBytes.file(chunks)).samples == [127.0 / 128, 0, -1])
        }
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "late.wav")
            try Data(WAVBytes.file([data, note, format])).write(to: file)
            #expect(try AudioChunk(contentsOfWAV: file).samples == [127.0 / 128, 0, -1])
        }
    }

    /// Headers that were written before the length was known, and what they mean.
    @Test func readsStreamedHeadersToTheEnd() throws {
        let format = WAVBytes.chunk("fmt ", WAVBytes.format(bits: 8))
        let audio: [UInt8] = [255, 128, 0, 64]
        let note = WAVBytes.chunk("LIST", [1, 2])
        func read(_ chunks: [[UInt8]], claim: Int?, form: String = "RIFF") throws -> (Int, Int?) {
            var reader = try WAVReader(WAVBytes.file(chunks, form: form, riffByteCount: claim))
            return (try reader.readInterleaved(frameCount: 1000).count, reader.declaredFrameCount)
        }
        let endless = WAVBytes.chunk("data", audio, byteCount: 0xFFFF_FFFF)
        #expect(try read([format, endless], claim: 0xFFFF_FFFF) == (4, nil))
        let zero = WAVBytes.chunk("data", audio, byteCount: 0)
        #expect(try read([format, zero], claim: 0) == (4, nil))
        #expect(try read([format, zero], claim: 36) == (4, nil))
        // An empty recording with something behind it is empty.
        #expect(try read([format, WAVBytes.chunk("data", []), note], claim: nil) == (0, 0))
        // 64-bit sizes.
        let sizes = WAVBytes.chunk("ds64", WAVBytes.little(0, 8) + WAVBytes.little(3, 8) + WAVBytes.little(0, 8))
        #expect(try read([sizes, format, endless], claim: 0xFFFF_FFFF, form: "RF64") == (3, 3))
    }

    @Test func givesWhatATruncatedFileHas() throws {
        let format = WAVBytes.chunk("fmt ", WAVBytes.format(channelCount: 2))
        let data = WAVBytes.chunk("data", [0, 0x40, 0, 0x40, 0, 0xC0, 0], byteCount: 4_000_000_000)
        var reader = try WAVReader(WAVBytes.file([format, data]))
        #expect(reader.declaredFrameCount == 1_000_000_000)
        #expect(try reader.read(frameCount: .max)?.samples == [0.5, -0.25])
        #expect(reader.isTruncated)
        #expect(try reader.read(frameCount: 1) == nil)
    }

    @Test func piecesAreTheWhole() throws {
        let whole = try AudioChunk(contentsOfWAV: Fixture.url("audio/stereo_44k.wav"))
        var reader = try WAVReader(contentsOf: Fixture.url("audio/stereo_44k.wav"))
        var noise = Noise(seed: 3)
        var samples: [Float] = []
        while let piece = try reader.read(frameCount: .random(in: 1...5000, using: &noise)) { samples += piece.samples }
        #expect(samples == whole.samples)
        #expect(!reader.isTruncated)
    }

    @Test func readsFromAPipe() throws {
        let bytes = try [UInt8](Fixture.data("audio/q_short_16k.wav"))
        let pipe = Pipe()
        let writing = Thread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
            try? pipe.fileHandleForWriting.close()
        }
        writing.start()
        var reader = try WAVReader(pipe.fileHandleForReading)
        let samples = try reader.readInterleaved(frameCount: 1_000_000)
        #expect(samples == (try Fixture.audio("audio/q_short_16k.wav").samples))
    }

    @Test func saysWhatIsWrong() throws {
        let format = WAVBytes.chunk("fmt ", WAVBytes.format())
        let data = WAVBytes.chunk("data", [0, 0])
        func error(_ bytes: [UInt8]) -> WAVError? {
            do { _ = try WAVReader(bytes, name: "a.wav") } catch { return error }
            return nil
        }
        #expect(error([]) == .notWAV(file: "a.wav"))
        #expect(error(Array("RIFY____WAVE".utf8)) == .notWAV(file: "a.wav"))
        #expect(error(WAVBytes.file([format])) == .missingChunk(file: "a.wav", chunk: "data"))
        #expect(error(WAVBytes.file([data])) == .missingChunk(file: "a.wav", chunk: "fmt "))
        func error(format: [UInt8]) -> WAVError? { error(WAVBytes.file([WAVBytes.chunk("fmt ", format), data])) }
        #expect(
            error(format: WAVBytes.format(tag: 2, bits: 4))
                == .unsupportedEncoding(file: "a.wav", formatTag: 2, bitsPerSample: 4))
        #expect(
            error(format: WAVBytes.format(bits: 64))
                == .unsupportedEncoding(file: "a.wav", formatTag: 1, bitsPerSample: 64))
        #expect(
            error(format: WAVBytes.format(sampleRate: 0))
                == .invalidFormat(file: "a.wav", field: "the sample rate", found: 0))
        #expect(
            error(format: WAVBytes.format(channelCount: 0))
                == .invalidFormat(file: "a.wav", field: "the number of channels", found: 0))
        #expect(
            error(format: WAVBytes.format(tag: 0x11, bits: 4))?.description
                == "a.wav: the audio is stored as IMA ADPCM (format 17); what is read is PCM of 8 to 32 bits, float of "
                + "32 or 64 and G.711")
        #expect(error(format: [1, 0]) == .invalidFormat(file: "a.wav", field: "the length of \"fmt \"", found: 2))
        #expect(throws: WAVError.unreadable(file: "/nowhere/a.wav")) {
            try WAVReader(contentsOf: URL(filePath: "/nowhere/a.wav"))
        }
    }

    /// Damaged files give samples or an error, never a trap, and never more samples than they have bytes.
    @Test func survivesMutations() throws {
        let originals: [[UInt8]] = [
            try Array([UInt8](Fixture.data("audio/stereo_44k.wav")).prefix(400)),
            WAVBytes.file([
                WAVBytes.chunk("LIST", [1, 2, 3]), WAVBytes.chunk("data", Array(0..<60)),
                WAVBytes.chunk(
                    "fmt ", WAVBytes.format(tag: 0xFFFE, bits: 24) + WAVBytes.extensible(tag: 1, validBits: 20)),
            ]),
            WAVBytes.file(
                [
                    WAVBytes.chunk("ds64", WAVBytes.little(9, 8) + WAVBytes.little(30, 8) + WAVBytes.little(9, 8)),
                    WAVBytes.chunk("fmt ", WAVBytes.format(tag: 3, bits: 32)),
                    WAVBytes.chunk("data", Array(0..<60), byteCount: 0xFFFF_FFFF),
                ], form: "RF64"),
        ]
        var noise = Noise(seed: 7)
        var refusedCount = 0
        for round in 0..<6000 {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...4, using: &noise) {
                let offset = Int.random(in: 0..<min(bytes.count, 120), using: &noise)
                bytes[offset] = Bool.random(using: &noise) ? .random(in: 0...255, using: &noise) : 0xFF
            }
            if round % 5 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &noise)) }
            do throws(WAVError) {
                let chunk = try AudioChunk(wav: bytes)
                #expect(chunk.samples.count <= bytes.count)
            } catch {
                #expect(!error.description.isEmpty)
                refusedCount += 1
            }
        }
        #expect(refusedCount > 500)
    }
}
