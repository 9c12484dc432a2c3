import ArgumentParser
import AudioFiles
import CommandSupport
import Foundation
import OmniPipeline
import OmniTensor
import Testing

/// What goes wrong is said in one line on standard error, with a status that means something.
@Suite struct ExitStatusTests {
    static let name = Command.audio("what-is-your-name.wav")

    @Test(arguments: [
        ["ask", "--model", Command.nano],
        ["ask", name, "--text", "both", "--model", Command.nano],
        ["ask", name, "--model", Command.nano, "--mode", "t1t2"],
        ["ask", name, "--model", Command.nano, "--mode", "a9"],
        ["ask", name, "--model", Command.nano, "--top-k", "0"],
        ["ask", name, "--model", Command.nano, "--top-p", "2"],
        ["ask", name, "--model", Command.nano, "--mode", "a1t1", "-o", "x.wav"],
        ["ask", name, "--model", Command.nano, "--json", "-o", "-"],
        ["ask", name, "--model", Command.nano, "--json", "-o", "/dev/stdout"],
        ["ask", name, "--model", Command.nano, "--temperature", "0.5"],
        ["ask", name, "--model", Command.nano, "--top-p", "0.5"],
        ["listen", "--model", Command.nano, "--pace", "fast"],
        ["listen", "--model", Command.nano, "--input", name, "--record", ""],
        ["listen", "--model", Command.nano, "--input", name, "--turn-model", "x.onnx", "--prepare-after", "500"],
        ["listen", "--model", Command.nano, "--replay", "x.jsonl", "--silence", "300"],
        ["listen", "--model", Command.nano, "--replay", "x.jsonl", "--top-k", "4"],
        ["make-random-model", "", "--size", "tiny"],
        ["batch", "questions.jsonl", "--model", Command.nano, "--shard", "0/2/"],
        ["codec", "decode", "codes.json", "--model", Command.nano],
        ["ask", "--text", "", "--model", Command.nano], ["ask", "--text", " \n", "--model", Command.nano],
        ["listn"],
    ])
    func wrongUsage(arguments: [String]) async throws {
        let command = try await Command.run(arguments)
        #expect(command.status == 64)
        #expect(command.output.isEmpty && command.messages.contains("Error:"))
    }

    @Test(arguments: [
        ["ask", "nowhere.wav", "--model", Command.nano],
        ["ask", name, "--model", "/nowhere"],
        ["tokenize", "--model", "/nowhere", "text"],
        ["vad", name, "--model", "/nowhere.onnx"],
        ["codec", "decode", "/nowhere.json", "--model", Command.nano, "--json"],
    ])
    func missingInput(arguments: [String]) async throws {
        let command = try await Command.run(arguments)
        #expect(command.status == 66, "\(command.messages)")
        #expect(command.output.isEmpty && command.messages.hasPrefix("error: "))
        #expect(command.messages.filter(\.isNewline).count == 1)
    }

    @Test func badData() async throws {
        let folder = try TemporaryFolder()
        let noise = try folder.write("noise.wav", Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 * 37) }))
        let silly = try folder.write("silly.json", Data(#"{"codes": [[1, 2], [3]]}"#.utf8))
        for arguments in [
            ["ask", noise, "--model", Command.nano],
            ["codec", "decode", silly, "--model", Command.nano, "--json"],
            ["vad", Self.name, "--model", noise],
            ["tokenize", "--model", noise, "text"],
        ] {
            let command = try await Command.run(arguments)
            #expect(command.status == 65, "\(arguments): \(command.messages)")
            #expect(command.output.isEmpty && command.messages.hasPrefix("error: "))
        }
    }

    /// Where nothing can have been said, nothing is invented.
    @Test(arguments: [0, 1, 1_599, 32_000]) func recordingsWithoutSpeech(sampleCount: Int) async throws {
        let folder = try TemporaryFolder()
        func little(_ value: Int) -> Data { Data((0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }) }
        let samples = Data(count: 2 * sampleCount)
        let format = Data([1, 0, 1, 0]) + little(16_000) + little(32_000) + Data([2, 0, 16, 0])
        let wav = try folder.write(
            "silent.wav",
            Data("RIFF".utf8) + little(36 + samples.count) + Data("WAVEfmt ".utf8) + little(16) + format
                + Data("data".utf8) + little(samples.count) + samples)
        for verb in ["transcribe", "ask"] {
            let command = try await Command.run([verb, wav, "--model", Command.nano])
            #expect(command.status == 65, "\(verb): \(command.messages)")
            #expect(command.output.isEmpty && command.messages.contains("the audio is "))
        }
    }

    @Test func outputThatCannotBeMade() async throws {
        let command = try await Command.run(
            ["ask", Self.name, "--model", Command.nano, "-o", "/nowhere/reply.wav"])
        #expect(command.status == 73)
    }

    /// Folders too: the path, the system's reason, and nothing of Foundation's.
    @Test func foldersThatCannotBeMade() async throws {
        let whisper = Command.package.appending(path: "../Tests/Fixtures/whisper/transcription/small.pt").path
        let ranks = Command.package.appending(path: "../Tests/Fixtures/whisper/transcription/small.tiktoken").path
        for arguments in [
            ["make-random-model", "/proc/nowhere/model", "--size", "tiny"],
            ["quantize", Command.nano, "/proc/nowhere/model"],
            [
                "transcribe", Self.name, "--model", whisper, "--tokenizer", ranks, "--output-dir",
                "/proc/nowhere/model",
            ],
        ] {
            let command = try await Command.run(arguments)
            #expect(command.status == 73, "\(arguments): \(command.status) \(command.messages)")
            #expect(command.messages.hasPrefix("error: /proc/nowhere/model"), "\(command.messages)")
            #expect(command.messages.contains("No such file or directory"), "\(command.messages)")
            #expect(command.messages.filter(\.isNewline).count == 1)
        }
        let batch = try await Command.run("batch", "/nowhere.jsonl", "--model", Command.nano)
        #expect(batch.status == 66 && batch.messages == "error: /nowhere.jsonl: there is no such file\n")
    }

    /// What a verb finds wrong with its options while it runs is said with its own usage.
    @Test func usageIsTheVerbsOwn() async throws {
        let command = try await Command.run("transcribe", Self.name, "--model", Command.nano, "--language", "de")
        #expect(command.status == 64)
        #expect(command.messages.contains("Usage: omni transcribe "), "\(command.messages)")
        #expect(command.messages.contains("See 'omni transcribe --help'"), "\(command.messages)")
    }

    /// One table for all commands.
    @Test func errorsHaveTheirStatus() {
        let missing = CocoaError(.fileReadNoSuchFile)
        let errors: [(any Error, CommandSupport.ExitStatus)] = [
            (InputError(code: .missing, path: "a", reason: ""), .noInput),
            (InputError(path: "a", code: EACCES), .noInput),
            (InputError(code: .malformed, path: "a", reason: ""), .badData),
            (OutputError(path: "a", reason: ""), .cannotCreate),
            (OutputError(.write, path: "a", code: ENOSPC), .inputOutput),
            (OutputFileError(path: "a", operation: .create, code: EACCES), .cannotCreate),
            (OutputFileError(path: "a", operation: .createFolder, code: EACCES), .cannotCreate),
            (OutputFileError(path: "a", operation: .write, code: ENOSPC), .inputOutput),
            (OutputFileError(path: "a", operation: .complete, code: EIO), .inputOutput),
            (WAVError.unreadable(file: "a"), .noInput), (WAVError.notWAV(file: "a"), .badData),
            (WAVError.unwritable(file: "a", reason: ""), .inputOutput),
            (AudioFileError.missing(file: "a"), .noInput), (AudioFileError.unknownFormat(file: "a"), .badData),
            (ModelDirectoryError(directory: "a", problems: [.noSuchFolder]), .noInput),
            (ModelDirectoryError(directory: "a", problems: [.notAFolder]), .badData),
            (missing, .noInput), (CocoaError(.fileWriteNoPermission), .cannotCreate),
            (CocoaError(.fileWriteOutOfSpace), .inputOutput), (CocoaError(.fileReadCorruptFile), .badData),
            (HubError.badToken, .wrongUsage), (HubError.stalled(host: "a", seconds: 1), .unavailable),
            (HubError.tokenRefused(host: "a"), .noPermission),
            (HubError.diskFull(folder: "a", needed: 1, available: 0), .cannotCreate),
            (AudioInputError.silent(.zero), .badData), (CancellationError(), .internalError),
        ]
        for (error, status) in errors {
            #expect(CommandSupport.ExitStatus(error) == status, "\(error)")
            #expect(NamedError("file", error)?.exitStatus == status)
        }
        #expect(CommandSupport.ExitStatus(ValidationError("a")) == nil)
    }

    @Test func helpIsNoError() async throws {
        let command = try await Command.run(["--help"])
        #expect(command.status == 0 && command.text.contains("SUBCOMMANDS"))
    }
}
