import Foundation

/// The built `omni` command with both pipes open, for what must happen before its input ends. It is killed when it has
/// not ended after a while: then its output ends, and no test waits for ever.
final class Conversant {
    /// Far more than anything takes on the slowest machine.
    private static let patience = 180.0

    private let process = Process()
    private let input = Pipe()
    private var lines: AsyncStream<String>.AsyncIterator

    init(_ arguments: [String]) throws {
        let output = Pipe()
        process.executableURL = Command.executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let reading = output.fileHandleForReading
        lines = AsyncStream { continuation in
            DispatchQueue(label: "omni.tests.output").async {
                var bytes = Data()
                while case let piece = reading.availableData, !piece.isEmpty {
                    bytes += piece
                    while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                        continuation.yield(String(decoding: bytes[..<end], as: UTF8.self))
                        bytes = Data(bytes[(end + 1)...])
                    }
                }
                continuation.finish()
            }
        }.makeAsyncIterator()
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [process] in Self.kill(process) }
    }

    deinit { Self.kill(process) }

    private static func kill(_ process: Process) {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    func write(_ bytes: Data) throws {
        guard process.isRunning else { throw CocoaError(.fileWriteUnknown) }
        try input.fileHandleForWriting.write(contentsOf: bytes)
    }

    func endInput() throws { try input.fileHandleForWriting.close() }

    /// Sends SIGTERM.
    func terminate() { process.terminate() }

    /// The next line of its output; `nil` when that has ended.
    func line() async -> String? { await lines.next(isolation: #isolation) }

    /// Waits for its end.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
