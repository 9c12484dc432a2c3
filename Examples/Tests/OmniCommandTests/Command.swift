import Dispatch
import Foundation

/// The built `omni` command, run as a shell would.
struct Command {
    let status: Int32
    let output: Data
    let messages: String

    var text: String { String(decoding: output, as: UTF8.self) }

    func json<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: output)
    }

    /// The folder of this package.
    static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let nano = package.appending(path: "Models/nano").path
    static func audio(_ name: String) -> String { package.appending(path: "Audio/\(name)").path }

    /// Beside the test bundle, whichever folder it was built in.
    static let executable = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "omni")

    /// Runs `omni` with arguments and bytes on its standard input, to its end.
    static func run(_ arguments: String..., input: Data = Data()) async throws -> Command {
        try await run(arguments, input: input)
    }

    /// Runs `omni` with arguments and bytes on its standard input, to its end.
    @concurrent
    static func run(
        _ arguments: [String], input: Data = Data(), executable: URL = executable, environment: [String: String]? = nil
    ) async throws -> Command {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, not pipes: neither side can wait for the other.
        func file(_ name: String, _ bytes: Data = Data()) throws -> URL {
            let url = folder.appending(path: name)
            try bytes.write(to: url)
            return url
        }
        let (inputFile, outputFile, messageFile) = try (file("in", input), file("out"), file("messages"))
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        if let environment { process.environment = environment }
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: messageFile)
        try process.run()
        // A command that hangs fails its test instead of holding it up.
        let (identifier, limit) = (process.processIdentifier, DispatchTime.now() + 600)
        let end = DispatchWorkItem { kill(identifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: limit, execute: end)
        process.waitUntilExit()
        end.cancel()
        return try Command(
            status: process.terminationStatus, output: Data(contentsOf: outputFile),
            messages: String(decoding: Data(contentsOf: messageFile), as: UTF8.self))
    }
}

/// A folder that goes when the test is over.
struct TemporaryFolder: ~Copyable {
    let url = FileManager.default.temporaryDirectory.appending(path: "omni-tests-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func write(_ name: String, _ bytes: Data) throws -> String {
        try bytes.write(to: url.appending(path: name))
        return path(name)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
