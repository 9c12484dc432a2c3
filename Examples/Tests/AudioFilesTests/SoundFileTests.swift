import AudioFiles
import Foundation
import OmniCore
import OmniPipeline
import Testing

private let isLibraryInstalled = ["libsndfile.so.1", "libsndfile.1.dylib"].contains { (name: String) in
    unsafe dlopen(name, RTLD_NOW) != nil
}

/// What libsndfile recognises beside the usual formats, and files of its formats that are cut short.
@Suite(.enabled(if: isLibraryInstalled)) struct SoundFileTests {
    private static func recording(_ name: String) throws -> [UInt8] {
        try [UInt8](
            Data(contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings/\(name)"))
        )
    }

    private static let samples: [Int16] = (0..<800).map { Int16(truncatingIfNeeded: $0 * 37) }
    private static let little = samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    private static let big = samples.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }

    private static func padded(_ header: [UInt8], to count: Int = 1024) -> [UInt8] {
        header + Array(repeating: 0, count: count - header.count)
    }

    /// Headers as the formats' own programs write them, with 800 samples at 16 kHz.
    private static let files: [(format: String, bytes: [UInt8])] = {
        let sphere = """
            NIST_1A
               1024
            channel_count -i 1
            sample_rate -i 16000
            sample_n_bytes -i 2
            sample_byte_format -s2 01
            sample_sig_bits -i 16
            sample_coding -s3 pcm
            sample_count -i 800
            end_head

            """
        let ircam: [UInt8] = [0x64, 0xA3, 3, 0, 0, 0, 0x7A, 0x46, 1, 0, 0, 0, 2, 0, 0, 0]
        let avr: [UInt8] =
            Array("2BIT".utf8) + Array(repeating: 0, count: 8) + [0, 0, 0, 16, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]
            + [0, 0, 0x3E, 0x80, 0, 0, 3, 0x20]
        let voc: [UInt8] =
            Array("Creative Voice File".utf8) + [0x1A, 0x1A, 0, 0x14, 1, 0x1F, 0x11]
            + [9, 0x4C, 6, 0, 0x80, 0x3E, 0, 0, 16, 1, 4, 0, 0, 0, 0, 0]
        // No first bytes tell this one: its sizes fit each other.
        let htk: [UInt8] = [0, 0, 3, 0x20, 0, 0, 2, 0x71, 0, 2, 0, 0]
        return [
            ("NIST SPHERE", padded(Array(sphere.utf8)) + little), ("IRCAM", padded(ircam) + little),
            ("PVF", Array("PVF1\n1 16000 16\n".utf8) + big), ("AVR", padded(avr, to: 128) + big),
            ("VOC", voc + little + [0]), ("HTK", htk + big),
        ]
    }()

    @Test(arguments: files.indices) func olderFormats(index: Int) throws {
        let (format, bytes) = Self.files[index]
        let decoded = try AudioFile.decode(bytes, name: "a")
        #expect(decoded.format == format)
        #expect(decoded.audio.sampleRate == 16_000)
        #expect(decoded.audio.samples == Self.samples.map { Float($0) / 32_768 })
        #expect(decoded.missingFrameCount == nil && !decoded.isTruncated)
    }

    /// An encoding that the reader of WAV files refuses by name, from memory and from a file.
    @Test func wavInAnotherEncoding() throws {
        let plain = try AudioFile.decode(Self.recording("sound.wav"), name: "a").audio.samples
        let decoded = try AudioFile.decode(Self.recording("adpcm.wav"), name: "a")
        #expect(decoded.format == "WAV" && decoded.audio.samples.count >= plain.count)
        let difference = zip(plain, decoded.audio.samples).reduce(Float(0)) { $0 + abs($1.0 - $1.1) }
        #expect(difference / Float(plain.count) < 0.02)
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings/adpcm.wav").path
        #expect(try AudioFile.read(path) == decoded)
        var cut = try Self.recording("adpcm.wav")
        cut[20] = 0x7F
        #expect(throws: WAVError.self) { try AudioFile.decode(cut, name: "a") }
    }

    /// What a name says of a format is not asked: the bytes are.
    @Test func aNameIsNoFormat() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-name-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = folder.appending(path: "text.au")
        try Data("no sound at all".utf8).write(to: text)
        #expect(throws: AudioFileError.unknownFormat(file: text.path)) { try AudioFile.read(text.path) }
    }

    @Test(arguments: [
        ("sound.mp3", 846, "it ends before its audio begins"), ("vorbis.ogg", 3896, "it ends before its audio begins"),
        ("sound.flac", 1601, "flac decoder lost sync"),
    ])
    func filesWithoutAWholeFrame(name: String, byteCount: Int, reason: String) throws {
        let bytes = try Array(Self.recording(name).prefix(byteCount))
        let format = name == "vorbis.ogg" ? "Ogg" : name.suffix(4).uppercased().replacing(".", with: "")
        #expect(throws: AudioFileError.refused(file: "a", format: format, reason: reason)) {
            try AudioFile.decode(bytes, name: "a")
        }
    }

    @Test func filesThatAreCutShort() throws {
        let mp3 = try Self.recording("long.mp3")
        #expect(try !AudioFile.decode(mp3, name: "a").isTruncated)
        let cut = try AudioFile.decode(Array(mp3.prefix(5000)), name: "a")
        #expect(cut.isTruncated && cut.missingFrameCount == 80_000 - cut.audio.samples.count)
        // Without its first frame nothing says how long the stream is.
        let second = try #require((4..<mp3.count).first { mp3[$0] == 0xFF && mp3[$0 + 1] == mp3[1] })
        #expect(try !AudioFile.decode(Array(mp3[second..<5000]), name: "a").isTruncated)

        let ogg = try Self.recording("long.ogg")
        let whole = try AudioFile.decode(ogg, name: "a")
        #expect(!whole.isTruncated && whole.audio.samples.count == 96_000)
        let cutOgg = try AudioFile.decode(Array(ogg.dropLast()), name: "a")
        #expect(cutOgg.isTruncated && cutOgg.missingFrameCount == nil)
        #expect((30_000..<96_000).contains(cutOgg.audio.samples.count))
        for name in ["opus.ogg", "vorbis.ogg", "sound.mp3", "sound.flac"] {
            #expect(try !AudioFile.decode(Self.recording(name), name: "a").isTruncated)
        }
        let flac = try AudioFile.decode(Array(Self.recording("sound.flac").prefix(3197)), name: "a")
        #expect(flac.isTruncated && flac.missingFrameCount == 704)
    }
}
