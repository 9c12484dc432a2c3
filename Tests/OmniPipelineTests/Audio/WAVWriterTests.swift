import Foundation
import OmniCore
import OmniPipeline
import OmniTesting
import Testing

@Suite struct WAVWriterTests {
    @Test(arguments: WAVFormat.SampleFormat.allCases) func readsBackWhatItWrote(
        _ sampleFormat: WAVFormat.SampleFormat
    ) throws {
        var noise = Noise(seed: 1)
        let samples = noise.floats(999)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "a.wav")
            let format = WAVFormat(sampleRate: 24_000, sampleFormat: sampleFormat, channelCount: 3)
            var writer = try WAVWriter(to: file, format: format)
            try writer.write(interleaved: Array(samples[..<300]))
            try writer.write(interleaved: Array(samples[300...]))
            try writer.finish()
            var reader = try WAVReader(contentsOf: file)
            #expect(reader.format == format)
            #expect(reader.declaredFrameCount == 333)
            // The coarsest step of G.711 is a thirty-second of the sample.
            let isLogarithmic = [.aLaw, .muLaw].contains(sampleFormat)
            let linear: Float = sampleFormat.isFloat ? 0 : exp2(1 - Float(8 * min(sampleFormat.byteCount, 3)))
            let step = isLogarithmic ? 1 / 32 : linear
            let found = try reader.readInterleaved(frameCount: 1000)
            // Rounding is off by half a step at most, clamping of the highest by a whole one.
            #expect(Tolerance.largestDifference(found, samples) <= step)
            // Chunks are padded to an even length and the file says how long it is.
            let bytes = try [UInt8](Data(contentsOf: file))
            #expect(bytes.count % 2 == 0)
            #expect(Array(bytes[4..<8]) == WAVBytes.little(bytes.count - 8, 4))
        }
    }

    @Test func roundsAndClamps() {
        let samples: [Float] = [0, 1, -1, 2, -2, 0.5 / 32_768, 0.49 / 32_768, -1.6 / 32_768, .nan, .infinity]
        let expected: [Int] = [0, 32_767, -32_768, 32_767, -32_768, 1, 0, -2, 0, 32_767]
        #expect(AudioChunk(samples, sampleRate: 24_000).pcm16 == expected.flatMap { WAVBytes.little($0, 2) })
    }

    /// A file is the old one until the new one is whole; a pipe says "to the end".
    @Test func aFileAppearsWhenItIsFinished() throws {
        let chunk = AudioChunk([0.5, -0.5, 0.25], sampleRate: 16_000)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "a.wav")
            func unfinished() throws {
                var writer = try WAVWriter(to: file, format: WAVFormat(sampleRate: 16_000))
                try writer.write(chunk)
            }
            try unfinished()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
            var writer = try WAVWriter(to: file, format: WAVFormat(sampleRate: 16_000))
            try writer.write(chunk)
            #expect(!FileManager.default.fileExists(atPath: file.path))
            try writer.finish()
            #expect(try AudioChunk(contentsOfWAV: file) == chunk)
            try unfinished()
            #expect(try AudioChunk(contentsOfWAV: file) == chunk)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.wav"])
        }
        let pipe = Pipe()
        var writer = try WAVWriter(pipe.fileHandleForWriting, format: WAVFormat(sampleRate: 16_000))
        try writer.write(chunk)
        try writer.finish()
        try pipe.fileHandleForWriting.close()
        var reader = try WAVReader(pipe.fileHandleForReading)
        #expect(reader.declaredFrameCount == nil)
        #expect(try reader.read(frameCount: 100) == chunk)
    }

    /// What is appended to keeps what it has, and has one header where the audio begins.
    @Test func appendsToWhatAnotherProgramWrote() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "log").path
            try Data("before".utf8).write(to: URL(filePath: path))
            let descriptor = unsafe open(path, O_WRONLY | O_APPEND)
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var writer = try WAVWriter(handle, format: WAVFormat(sampleRate: 16_000))
            try writer.write(AudioChunk([0, 0.5], sampleRate: 16_000))
            try writer.finish()
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
            #expect(bytes.count == 6 + 44 + 4 && bytes.starts(with: Array("beforeRIFF".utf8)))
        }
    }

    @Test func refusesAnotherRate() throws {
        try withTemporaryFolder { folder in
            var writer = try WAVWriter(
                to: folder.appending(path: "a.wav"), format: WAVFormat(sampleRate: 16_000))
            #expect(throws: AudioInputError.wrongSampleRate(expected: 16_000, found: 24_000)) {
                try writer.write(AudioChunk([0], sampleRate: 24_000))
            }
            #expect(throws: WAVError.unwritable(file: folder.path, reason: "Is a directory")) {
                try WAVWriter(to: folder, format: WAVFormat(sampleRate: 16_000))
            }
        }
    }
}
