import Foundation
import OmniPipeline
import Testing

/// What comes in: lines of every system, several files of which one is bad, recordings of every format, and too short
/// ones.
@Suite(.timeLimit(.minutes(10))) struct InputTests {
    private static let name = Command.audio("what-is-your-name.wav")
    private static let plus = Command.audio("what-is-seven-plus-five.wav")

    @Test(arguments: ["one\r\ntwo\r\n\r\nlast\r\n", "one\ntwo\n\nlast\n", "one\r\ntwo\n\r\nlast"])
    func linesOfEverySystem(input: String) async throws {
        let command = try await Command.run("tokenize", "--model", Command.nano, input: Data(input.utf8))
        #expect(command.status == 0, "\(command.messages)")
        let lines = command.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5 && lines[2].isEmpty && lines[4].isEmpty)
        #expect(!command.text.contains("č"))
    }

    @Test func oneBadFileDoesNotStopTheOthers() async throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("empty.wav", Data())
        let files = [Self.name, empty, "/nowhere.wav", Self.plus]
        let command = try await Command.run(["transcribe"] + files + ["--model", Command.nano])
        #expect(command.status == 65)
        #expect(command.text == "What is your name?\nWhat is seven plus five?\n")
        #expect(command.messages.contains("error: \(empty): ") && command.messages.contains("error: /nowhere.wav: "))
        struct Report: Decodable {
            let file: String
            let text: String?
            let error: String?
        }
        let json = try await Command.run(["transcribe", "/nowhere.wav", Self.name, "--json", "--model", Command.nano])
        #expect(json.status == 66)
        let reports = try json.json(as: [Report].self)
        #expect(reports.map(\.file) == ["/nowhere.wav", Self.name])
        #expect(reports.map(\.text) == [nil, "What is your name?"] && reports[0].error != nil)
    }

    /// Nothing can be said in it: an error, not an invented sentence.
    @Test(arguments: [0, 1, 1599]) func audioThatIsTooShort(sampleCount: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("short.wav")
        try AudioChunk(Array(repeating: 0.1, count: sampleCount), sampleRate: 16_000).writeWAV(to: URL(filePath: path))
        for arguments in [["transcribe", path], ["ask", path]] {
            let command = try await Command.run(arguments + ["--model", Command.nano])
            #expect(command.status == 65 && command.output.isEmpty, "\(command.text)")
            #expect(command.messages.contains("the audio is too short"), "\(command.messages)")
        }
    }

    /// Every verb that hears needs something to hear, and names the file that has nothing.
    @Test func audioWithoutASample() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("empty.wav")
        try AudioChunk([], sampleRate: 16_000).writeWAV(to: URL(filePath: path))
        let line = try folder.write("questions", Data((#"{"id": "a", "path": "\#(path)"}"# + "\n").utf8))
        for arguments in [
            ["codec", "encode", path], ["codec", "encode", path, "--json"],
            ["vad", path, "--model", Command.nano + "/silero_vad.safetensors"], ["listen", "--input", path],
            ["ask", path], ["transcribe", path], ["batch", line],
        ] {
            let model = arguments.contains("--model") ? [] : ["--model", Command.nano]
            let command = try await Command.run(arguments + model)
            #expect((command.messages + command.text).contains("\(path): the audio is too short"), "\(command)")
            guard arguments[0] != "batch" else { continue }
            #expect(command.status == 65 && command.output.isEmpty, "\(arguments): \(command.status)")
            #expect(command.messages.filter(\.isNewline).count == 1, "\(command.messages)")
        }
    }

    @Test func everyErrorNamesItsFile() async throws {
        let folder = try TemporaryFolder()
        let codes = try folder.write("codes.json", Data(#"{"codes": [[1, 2], [3]]}"#.utf8))
        let silent = folder.path("silent.wav")
        try AudioChunk(Array(repeating: 0, count: 16_000), sampleRate: 16_000).writeWAV(to: URL(filePath: silent))
        for arguments in [
            ["codec", "decode", codes, "--json"], ["ask", silent], ["transcribe", silent], ["ask", folder.url.path],
            ["codec", "decode", folder.url.path, "--json"], ["batch", folder.url.path],
            ["listen", "--input", folder.url.path], ["codec", "encode", folder.url.path],
        ] {
            let command = try await Command.run(arguments + ["--model", Command.nano])
            let file = arguments.first { $0.hasPrefix("/") } ?? ""
            #expect([65, 66].contains(command.status), "\(arguments): \(command.status)")
            #expect(command.messages.contains("error: \(file): "), "\(arguments): \(command.messages)")
        }
    }

    /// The system's own reading of a path: `..` leaves the folder that a link leads to.
    @Test func pathsAreLookedUpByTheSystem() async throws {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.path("far/away"), withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "far/away")
        try manager.createSymbolicLink(atPath: folder.path("far/model"), withDestinationPath: Command.nano)
        let script = "cd \"$1\" && exec \"$0\" tokenize --model link/../model text"
        let command = try await Command.run(
            ["-c", script, Command.executable.path, folder.url.path], executable: URL(filePath: "/bin/bash"))
        #expect(command.status == 0, "\(command.messages)")
    }

    @Test func aFileIsNoModel() async throws {
        let file = Command.nano + "/small.pt"
        for verb in [["info"], ["ask", "--text", "a"], ["doctor"]] {
            let command = try await Command.run(verb + ["--model", file])
            #expect(command.status == (verb == ["doctor"] ? 1 : 65))
            let said = verb == ["doctor"] ? command.text : command.messages
            #expect(said.contains("this is a file") && said.contains("omni transcribe takes it"), "\(said)")
            #expect(!said.contains("no such folder"))
        }
    }

    /// Through libsndfile where it is installed, from a file and from a pipe; otherwise one sentence.
    @Test func aCompressedRecording() async throws {
        let recording = Command.package.appending(path: "Tests/AudioFilesTests/Recordings/sound.flac")
        let bytes = try Data(contentsOf: recording)
        let isInstalled = unsafe dlopen("libsndfile.so.1", RTLD_NOW) != nil
        for (path, input) in [(recording.path, Data()), ("-", bytes)] {
            let command = try await Command.run(
                ["codec", "encode", path, "--model", Command.nano, "--json"], input: input)
            #expect(command.status == (isInstalled ? 0 : 65), "\(command.messages)")
            if !isInstalled { #expect(command.messages.contains("install libsndfile")) }
        }
    }
}
