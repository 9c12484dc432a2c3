import Foundation
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
        ["codec", "decode", "codes.json", "--model", Command.nano],
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

    @Test func helpIsNoError() async throws {
        let command = try await Command.run(["--help"])
        #expect(command.status == 0 && command.text.contains("SUBCOMMANDS"))
    }
}
