import AudioFiles
import Foundation
import OmniCore
import OmniPipeline
import Testing

/// Recordings of every format, as files, pipes and bytes of a request.
@Suite struct AudioFileTests {
    private static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings/\(name)")
    }

    private static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url(name))) }

    private static let isLibraryInstalled = ["libsndfile.so.1", "libsndfile.1.dylib"].contains { (name: String) in
        unsafe dlopen(name, RTLD_NOW) != nil
    }

    private static func error(of bytes: [UInt8], limits: AudioFileLimits = AudioFileLimits()) -> AudioFileError? {
        do {
            _ = try AudioFile.decode(bytes, name: "a", limits: limits)
            return nil
        } catch {
            return error as? AudioFileError
        }
    }

    @Test(.enabled(if: isLibraryInstalled), arguments: ["flac", "aiff", "w64", "caf", "au"])
    func losslessFormats(ending: String) throws {
        let wav = try AudioFile.read(Self.url("sound.wav").path)
        #expect(wav.format == "WAV" && wav.audio.samples.count == 4800 && wav.audio.sampleRate == 16_000)
        let decoded = try AudioFile.decode(Self.bytes("sound.\(ending)"), name: "a")
        #expect(decoded.audio == wav.audio)
        #expect(decoded.format == ending.uppercased() && decoded.missingFrameCount == nil)
        #expect(try AudioFile.read(Self.url("sound.\(ending)").path) == decoded)
    }

    @Test(.enabled(if: isLibraryInstalled), arguments: ["vorbis.ogg", "opus.ogg", "sound.mp3"])
    func lossyFormats(name: String) throws {
        let wav = try AudioFile.read(Self.url("sound.wav").path).audio
        let decoded = try AudioFile.decode(Self.bytes(name), name: "a").audio.resampled(to: 16_000)
        // An encoder's delay and padding may stay.
        #expect(abs(decoded.samples.count - wav.samples.count) < 2400)
        func energy(_ samples: [Float]) -> Float { samples.reduce(0) { $0 + $1 * $1 } }
        #expect(abs(energy(decoded.samples) / energy(wav.samples) - 1) < 0.2)
    }

    @Test(.enabled(if: isLibraryInstalled)) func channelsAreAveraged() throws {
        let wav = try AudioFile.read(Self.url("sound.wav").path).audio
        #expect(try AudioFile.decode(Self.bytes("stereo.flac"), name: "a").audio.samples == wav.samples.map { $0 / 2 })
    }

    /// A file that ends early gives what it has and says what is missing.
    @Test(.enabled(if: isLibraryInstalled)) func cutFiles() throws {
        let cut = try AudioFile.decode(Array(Self.bytes("sound.aiff").prefix(5000)), name: "a")
        #expect((2000..<4800).contains(cut.audio.samples.count))
        #expect(try AudioFile.decode(Array(Self.bytes("sound.wav").prefix(5000)), name: "a").missingFrameCount == 2322)
    }

    @Test(.enabled(if: !isLibraryInstalled)) func saysWhatToInstall() throws {
        let error = try #require(try Self.error(of: Self.bytes("sound.flac")))
        #expect(error == .libraryMissing(file: "a", format: "FLAC"))
        #expect(error.description.contains("libsndfile1"))
    }

    @Test func formatsThatAreNotRead() {
        let cases: [([UInt8], String)] = [
            ([0, 0, 0, 24] + Array("ftypM4A ".utf8), "MP4 or M4A"), ([0x1A, 0x45, 0xDF, 0xA3, 1], "Matroska or WebM"),
            ([0xFF, 0xF1, 0x50, 0x80], "AAC"), (Array("#!AMR\n".utf8), "AMR"),
            (Array("RIFF____AVI LIST".utf8), "an AVI film"),
        ]
        for (bytes, name) in cases {
            #expect(Self.error(of: bytes) == .unsupportedFormat(file: "a", format: name))
        }
        #expect(Self.error(of: []) == .unknownFormat(file: "a"))
        #expect(Self.error(of: Array("no sound at all".utf8)) == .unknownFormat(file: "a"))
        #expect(throws: WAVError.notWAV(file: "a")) { try AudioFile.decode(Array("RIFF____WEBP".utf8), name: "a") }
    }

    @Test func bounds() throws {
        var limits = AudioFileLimits()
        limits.maximumSampleCount = 4799
        let names = ["sound.wav"] + (Self.isLibraryInstalled ? ["sound.flac"] : [])
        for name in names {
            let bytes = try Self.bytes(name)
            #expect(Self.error(of: bytes, limits: limits) == .tooLong(file: "a", maximumSampleCount: 4799))
            var slow = AudioFileLimits()
            slow.sampleRates = 1000...8000
            #expect(Self.error(of: bytes, limits: slow) == .unusable(file: "a", property: "a sample rate of 16000 Hz"))
        }
        if Self.isLibraryInstalled {
            var mono = AudioFileLimits()
            mono.maximumChannelCount = 1
            let stereo = try Self.bytes("stereo.flac")
            #expect(Self.error(of: stereo, limits: mono) == .unusable(file: "a", property: "2 channels"))
        }
    }

    @Test func filesThatAreNotThere() {
        let missing = AudioFileError.missing(file: "/nowhere/a.flac")
        #expect(throws: missing) { try AudioFile.read("/nowhere/a.flac") }
        #expect(missing.isAbsence)
        #expect(throws: AudioFileError.unreadable(file: "/", reason: "this is a folder")) { try AudioFile.read("/") }
    }

    /// Damaged files give audio or an error; what they promise is never allocated before it is there.
    @Test(.enabled(if: isLibraryInstalled), arguments: ["flac", "aiff", "w64", "caf", "au", "mp3", "wav"])
    func damagedFiles(ending: String) throws {
        let original = try Self.bytes("sound.\(ending)")
        var limits = AudioFileLimits()
        limits.maximumSampleCount = 1 << 20
        var state: UInt64 = 7
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<300 {
            var bytes = original
            for _ in 0...random(6) { bytes[random(min(bytes.count, 200))] = UInt8(random(256)) }
            if random(4) == 0 { bytes.removeLast(random(bytes.count)) }
            do {
                let decoded = try AudioFile.decode(bytes, name: "a", limits: limits)
                #expect(decoded.audio.samples.count <= limits.maximumSampleCount)
            } catch {
                #expect(error is AudioFileError || error is WAVError, "\(error)")
            }
        }
    }
}
