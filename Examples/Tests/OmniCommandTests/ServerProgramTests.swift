import Foundation
import Testing

/// `omni serve` and `omni load` become `omni-server`, wherever it is, and say how to build it where it is not.
@Suite struct ServerProgramTests {
    /// A program in the place of the server that prints how it was called.
    private static let stand = """
        #!/bin/sh
        echo "$0: $*"
        exit 7
        """

    /// Copies a program, in another process. The system runs no file that is open for writing, and what this one writes
    /// is open in every program that another test starts meanwhile, until that has begun.
    private static func install(_ program: String, at path: String) throws {
        let copying = Process()
        copying.executableURL = URL(filePath: "/bin/cp")
        copying.arguments = ["-p", program, path]
        try copying.run()
        copying.waitUntilExit()
        try #require(copying.terminationStatus == 0)
    }

    private static func makeProgram(_ name: String, in folder: borrowing TemporaryFolder) throws -> String {
        let text = try folder.write("stand", Data(stand.utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: text)
        try install(text, at: folder.path(name))
        return folder.path(name)
    }

    /// `omni` in a folder where nothing was built.
    private static func copy(to folder: borrowing TemporaryFolder) throws -> URL {
        let copy = folder.url.appending(path: "omni")
        try install(Command.executable.path, at: copy.path)
        return copy
    }

    @Test(arguments: [["serve"], ["load", "a b.wav"], ["serve", "--help"], ["load", "--", "-h", "--version"]])
    func handsOverToTheProgramBesideIt(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let program = try Self.makeProgram("omni-server", in: folder)
        let command = try await Command.run(
            arguments, executable: Self.copy(to: folder), environment: ["PATH": "/usr/bin:/bin"])
        #expect(command.status == 7)
        #expect(command.text == "\(program): \(arguments.joined(separator: " "))\n")
        #expect(command.messages.isEmpty)
    }

    @Test func findsTheProgramInThePath() async throws {
        let folder = try TemporaryFolder()
        let other = try TemporaryFolder()
        let program = try Self.makeProgram("omni-server", in: other)
        let command = try await Command.run(
            ["serve", "--port", "0"], executable: Self.copy(to: folder),
            environment: ["PATH": "/nowhere:\(other.url.path):/usr/bin:/bin"])
        #expect(command.status == 7 && command.text == "\(program): serve --port 0\n")
    }

    @Test func findsTheProgramOfTheCheckout() async throws {
        let folder = try TemporaryFolder()
        let build = folder.url.appending(path: ".build/triple/release")
        let server = folder.url.appending(path: "Server/.build/release")
        for url in [build, server] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        _ = try folder.write("Server/Package.swift", Data())
        let program = try Self.makeProgram("Server/.build/release/omni-server", in: folder)
        let omni = build.appending(path: "omni")
        try Self.install(Command.executable.path, at: omni.path)
        let command = try await Command.run(["load"], executable: omni, environment: ["PATH": "/usr/bin:/bin"])
        #expect(command.status == 7 && command.text == "\(program): load\n")
    }

    @Test func saysHowToBuildTheProgram() async throws {
        let folder = try TemporaryFolder()
        let omni = try Self.copy(to: folder)
        for verb in ["serve", "load"] {
            let command = try await Command.run(
                [verb, "--port", "0"], executable: omni, environment: ["PATH": "/usr/bin"])
            #expect(command.status == 69 && command.output.isEmpty)
            #expect(
                command.messages.contains("swift build -c release --package-path Examples/Server --product omni-server")
            )
            #expect(command.messages.filter(\.isNewline).count == 1)
            let help = try await Command.run([verb, "--help"], executable: omni, environment: ["PATH": "/usr/bin"])
            #expect(help.status == 0 && help.text.contains("Examples/Server") && help.text.contains("--port"))
        }
    }
}
