import Foundation
import Testing

/// Numbers, threads, memory and files beyond what there is: an error in one sentence, or correct work; never a trap and
/// never waiting for ever.
@Suite(.timeLimit(.minutes(10))) struct LimitTests {
    private static let name = Command.audio("what-is-your-name.wav")
    private static let largest = "9223372036854775807"

    @Test(arguments: [
        ["ask", name, "--model", Command.nano, "--threads", largest],
        ["ask", name, "--model", Command.nano, "--threads", "20000"],
        ["ask", name, "--model", Command.nano, "--threads", "0"],
        ["ask", name, "--model", Command.nano, "--max-steps", largest],
        ["ask", name, "--model", Command.nano, "--top-k", largest],
        ["ask", name, "--model", Command.nano, "--temperature", "1e30"],
        ["ask", name, "--model", Command.nano, "--temperature", "nan"],
        ["listen", "--input", name, "--model", Command.nano, "--silence", largest],
        ["listen", "--input", name, "--model", Command.nano, "--silence", "0"],
        ["listen", "--input", name, "--model", Command.nano, "--prepare-after", largest],
        ["listen", "--input", name, "--model", Command.nano, "--threshold", "nan"],
        ["listen", "--model", Command.nano, "--device", largest],
        ["listen", "--model", Command.nano, "--device", "-1"],
        ["batch", "-", "--model", Command.nano, "--jobs", largest],
        ["batch", "-", "--model", Command.nano, "--jobs", "0"],
        ["vad", name, "--model", Command.nano + "/silero_vad.safetensors", "--min-silence", largest],
        ["vad", name, "--model", Command.nano + "/silero_vad.safetensors", "--padding", largest],
        ["vad", name, "--model", Command.nano + "/silero_vad.safetensors", "--max-speech", "-1"],
        ["vad", name, "--model", Command.nano + "/silero_vad.safetensors", "--window", largest],
        ["bench", "turns", "--turns", largest, "--latency"],
        ["bench", "turns", "--soak", largest],
        ["bench", "speed", "--threads", largest],
    ])
    func numbersBeyondTheLimits(arguments: [String]) async throws {
        let command = try await Command.run(arguments)
        #expect(command.status == 64, "\(arguments): \(command.messages)")
        #expect(command.output.isEmpty && !command.messages.isEmpty)
    }

    /// Limits bind no root, so that a root becomes another user for them.
    private static let asOther =
        geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"] : []

    /// Whether that other user may run the command: the build folder may be closed to others.
    private static let isRunnable: Bool = {
        guard let program = asOther.first else { return true }
        let check = Process()
        check.executableURL = URL(filePath: program)
        check.arguments = asOther.dropFirst() + ["/usr/bin/test", "-x", Command.executable.path]
        guard (try? check.run()) != nil else { return false }
        check.waitUntilExit()
        return check.terminationStatus == 0
    }()

    /// Runs a verb with a limit of the shell's, as a user whom limits bind.
    private func run(limits: String, _ arguments: [String], in folder: String = "/") async throws -> Command {
        let script = "cd \(folder) && \(limits) && exec \"$@\""
        let words = Self.asOther + ["/bin/bash", "-c", script, "bash", Command.executable.path] + arguments
        return try await Command.run(Array(words.dropFirst()), executable: URL(filePath: words[0]))
    }

    private static let verbs: [[String]] = [
        ["ask", name, "--model", Command.nano], ["transcribe", name, "--model", Command.nano],
        ["tokenize", "--model", Command.nano, "text"], ["info", "--model", Command.nano],
        ["vad", name, "--model", Command.nano + "/silero_vad.safetensors"],
        ["codec", "encode", name, "--model", Command.nano],
        ["listen", "--input", name, "--pace", "fast", "--model", Command.nano],
        ["batch", "-", "--model", Command.nano],
    ]

    /// Few processes, down to none beside the command itself: what needs more threads than there are says so at once.
    @Test(.enabled(if: isRunnable), arguments: [1, 2, 3, 5, 40])
    func fewProcesses(count: Int) async throws {
        for verb in Self.verbs {
            let command = try await run(limits: "ulimit -u \(count)", verb)
            #expect([0, 71].contains(command.status), "\(verb) with \(count): \(command.status) \(command.messages)")
            if command.status == 71 {
                #expect(command.messages.contains("the system starts"), "\(command.messages)")
                #expect(command.output.isEmpty)
            }
            if count == 40 { #expect(command.status == 0, "\(verb): \(command.messages)") }
        }
    }

    @Test(.enabled(if: isRunnable)) func fewOpenFiles() async throws {
        for verb in Self.verbs {
            for count in [4, 6, 8, 10] {
                let command = try await run(limits: "ulimit -n \(count)", verb)
                #expect([0, 66, 71, 127].contains(command.status), "\(verb): \(command.status)")
                if command.status != 0 { #expect(!command.messages.isEmpty) }
            }
            let command = try await run(limits: "ulimit -n 32", verb)
            #expect(command.status == 0, "\(verb): \(command.messages)")
        }
    }

    /// In a folder that cannot be written to, without a folder for temporary files.
    @Test(.enabled(if: isRunnable)) func nothingToWriteTo() async throws {
        for verb in Self.verbs {
            let command = try await run(limits: "export TMPDIR=/nowhere HOME=/nowhere", verb, in: "/proc")
            #expect(command.status == 0, "\(verb): \(command.messages)")
        }
        let output = try await run(
            limits: "true", ["ask", Self.name, "--model", Command.nano, "-o", "a.wav"], in: "/proc")
        #expect(output.status == 73, "\(output.messages)")
    }
}
