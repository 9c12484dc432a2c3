import Foundation
import OmniPipeline
import Testing

/// `omni transcribe` with a Whisper model: the small random one of the library's tests.
@Suite struct WhisperTests {
    private static let fixtures = Command.package.appending(path: "../Tests/Fixtures").standardizedFileURL
    private static let model = fixtures.appending(path: "whisper/transcription/small.pt").path
    private static let ranks = fixtures.appending(path: "whisper/transcription/small.tiktoken").path
    private static func audio(_ name: String) -> String { fixtures.appending(path: "audio/\(name)").path }

    private struct Golden: Decodable {
        struct Segment: Decodable { var text: String }
        struct Transcription: Decodable {
            var audio: String
            var text: String
            var language: String
            var segments: [Segment]
        }
        var transcriptions: [Transcription]
    }

    private struct Report: Decodable {
        struct Segment: Decodable {
            struct Word: Decodable { var word: String }
            var text: String
            var tokens: [Int]
            var words: [Word]?
        }
        var file: String
        var text: String?
        var language: String?
        var segments: [Segment]?
        var error: String?
    }

    private func run(_ arguments: String...) async throws -> Command {
        try await Command.run(
            [
                "transcribe", "--model", Self.model, "--tokenizer", Self.ranks, "--precision", "float32",
                "--temperatures", "0",
            ]
                + arguments)
    }

    @Test func transcriptsAreThoseOfTheLibrary() async throws {
        let bytes = try Data(contentsOf: Self.fixtures.appending(path: "whisper/transcription/golden.json"))
        let golden = try JSONDecoder().decode(Golden.self, from: bytes)
        let name = "q_weather_16k.wav"
        let expected = try #require(golden.transcriptions.first { $0.audio == name })
        let command = try await run(Self.audio(name), "--json")
        #expect(command.status == 0, "\(command.messages)")
        let report = try #require(try command.json(as: [Report].self).first)
        #expect(report.text == expected.text)
        #expect(report.language == expected.language)
        #expect(report.segments?.map(\.text) == expected.segments.map(\.text))
        #expect(report.segments?.first?.words == nil)
    }

    /// Of the model's 1914 tokens the last 1501 are timestamps, and one of them begins a text that has any.
    @Test func timestampsAreLeftOut() async throws {
        for hasTimestamps in [true, false] {
            let audio = [Self.audio("q_name_16k.wav"), Self.audio("q_weather_16k.wav")]
            let command = try await Command.run(
                [
                    "transcribe", "--model", Self.model, "--tokenizer", Self.ranks, "--precision", "float32",
                    "--temperatures", "0", "--json",
                ] + audio + (hasTimestamps ? [] : ["--no-timestamps"]))
            #expect(command.status == 0, "\(command.messages)")
            let first = try command.json(as: [Report].self).compactMap { $0.segments?.first?.tokens.first }
            #expect(first.count == audio.count && first.allSatisfy { ($0 >= 1914 - 1501) == hasTimestamps })
        }
    }

    /// A long recording is kept in a temporary file, or in memory where none can be made. Nothing is said in this one.
    @Test(arguments: ["/tmp", "/nowhere", "/proc"]) func aLongRecording(temporaryFolder: String) async throws {
        let folder = try TemporaryFolder()
        func little(_ value: Int, _ count: Int) -> Data {
            Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
        }
        var samples = Data(repeating: 0x80, count: 8000 * 601)
        samples[samples.count / 2] = 0x81  // `omni transcribe` refuses a recording whose samples are all equal.
        let format = little(1, 2) + little(1, 2) + little(8000, 4) + little(8000, 4) + little(1, 2) + little(8, 2)
        let long = try folder.write(
            "long.wav",
            Data("RIFF".utf8) + little(36 + samples.count, 4) + Data("WAVEfmt ".utf8) + little(16, 4) + format
                + Data("data".utf8) + little(samples.count, 4) + samples)
        var environment = ProcessInfo.processInfo.environment
        environment["TMPDIR"] = temporaryFolder
        let command = try await Command.run(
            [
                "transcribe", long, "--model", Self.model, "--tokenizer", Self.ranks, "--vad",
                Command.nano + "/silero_vad.safetensors",
            ], environment: environment)
        #expect(command.status == 0 && command.text.isEmpty, "\(command.status) \(command.messages)")
    }

    /// Behind a sample that the detector cannot bear it would say nothing of the rest.
    @Test func aSampleThatIsTooLoudForTheDetectorIsAnError() async throws {
        let folder = try TemporaryFolder()
        let loud = folder.path("loud.wav")
        var audio = try AudioChunk(contentsOfWAV: URL(filePath: Self.audio("q_name_16k.wav")))
        audio.samples[100] = 1e30
        try audio.writeWAV(to: URL(filePath: loud), as: .float32)
        let command = try await run(loud, "--vad", Command.nano + "/silero_vad.safetensors")
        #expect(command.status == 65 && command.text.isEmpty, "\(command.status) \(command.messages)")
        #expect(command.messages.contains("loud.wav"), "\(command.messages)")
    }

    /// Whether a recording is kept in memory or in a file.
    @Test(arguments: [1, 601]) func silenceIsRefused(seconds: Int) async throws {
        let folder = try TemporaryFolder()
        let silent = folder.path("silent.wav")
        try AudioChunk(Array(repeating: 0, count: 8000 * seconds), sampleRate: 8000).writeWAV(
            to: URL(filePath: silent))
        for arguments in [[silent], ["--input", silent]] {
            let command = try await Command.run(
                ["transcribe", "--model", Self.model, "--tokenizer", Self.ranks] + arguments)
            #expect(command.status == 65 && command.output.isEmpty)
            #expect(command.messages.contains("error: \(silent): "), "\(command.messages)")
        }
    }

    @Test func severalRecordingsInAFolder() async throws {
        let folder = try TemporaryFolder()
        let command = try await run(
            Self.audio("q_name_16k.wav"), "/nowhere.wav", Self.audio("q_short_16k.wav"), "--format", "vtt",
            "--word-timestamps", "--output-dir", folder.url.path)
        // The exit status is that of the recording that is not there; the others are transcribed.
        #expect(command.status == 66)
        #expect(command.text.isEmpty)
        for name in ["q_name_16k", "q_short_16k"] {
            let text = try String(contentsOf: folder.url.appending(path: name + ".vtt"), encoding: .utf8)
            #expect(text.hasPrefix("WEBVTT\n\n"))
            #expect(text.contains(/\d\d:\d\d\.\d{3} --> \d\d:\d\d\.\d{3}\n.+\n/), "\(text)")
        }
    }

    @Test(arguments: [
        ["--language", "klingon"], ["--beam", "0"], ["--temperatures", "0,x"], ["--format", "doc"], ["--top-k", "5"],
        ["--json", "--format", "srt"],
    ])
    func wrongOptionsAreUsageErrors(_ options: [String]) async throws {
        let arguments = ["transcribe", Self.audio("q_name_16k.wav"), "--model", Self.model, "--tokenizer", Self.ranks]
        let command = try await Command.run(arguments + options)
        #expect(command.status == 64, "\(command.messages)")
        #expect(command.text.isEmpty)
    }

    @Test func aLanguageThatTheModelHasNotIsAUsageError() async throws {
        let command = try await run(Self.audio("q_name_16k.wav"), "--language", "Japanese")
        #expect(command.status == 64)
        #expect(command.messages.contains("ja"))
    }

    @Test func theTokenizerIsMissed() async throws {
        let command = try await Command.run("transcribe", Self.audio("q_name_16k.wav"), "--model", Self.model)
        #expect(command.status == 66)
        #expect(command.messages.contains("multilingual.tiktoken"))
    }

    @Test func optionsOfWhisperNeedWhisper() async throws {
        let command = try await Command.run(
            "transcribe", Self.audio("q_name_16k.wav"), "--model", Command.nano, "--language", "en")
        #expect(command.status == 64)
        #expect(command.messages.contains("--language goes with a Whisper model"))
    }

    @Test func whatIsFinalAtOnceIsDecodedAtOneTemperature() async throws {
        let audio = Self.audio("q_weather_16k.wav")
        let command = try await Command.run(
            "transcribe", "--model", Self.model, "--tokenizer", Self.ranks, "--input", audio, "--temperatures", "0,1")
        #expect(command.status == 64 && command.messages.contains("--temperatures takes one"), "\(command.messages)")
    }

    /// A recording that is heard as if it were spoken now is written down to the same end, whatever became final when.
    @Test func liveTextIsThatOfTheJSON() async throws {
        let text = try await run("--input", Self.audio("q_weather_16k.wav"), "--language", "en")
        #expect(text.status == 0, "\(text.messages)")
        let json = try await run("--input", Self.audio("q_weather_16k.wav"), "--language", "en", "--format", "json")
        #expect(json.status == 0, "\(json.messages)")
        struct Live: Decodable { var text: String }
        let expected = try json.json(as: Live.self).text.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(!expected.isEmpty && text.text.trimmingCharacters(in: .whitespacesAndNewlines) == expected)
    }

    @Test func eitherRecordingsOrAMicrophone() async throws {
        for arguments in [[], [Self.audio("q_weather_16k.wav"), "--input", "microphone"]] {
            let command = try await Command.run(["transcribe", "--model", Self.model] + arguments)
            #expect(command.status == 64)
        }
        let vad = try await run("--input", Self.audio("q_weather_16k.wav"), "--vad", "none.onnx")
        #expect(vad.status == 64)
    }
}
