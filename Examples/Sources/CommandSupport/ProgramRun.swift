public import ArgumentParser
import COmniStart
import Dispatch
import Foundation
import OmniPipeline
import OmniTensor
import Synchronization

/// A run of a program from its arguments to its exit status.
public enum ProgramRun {
    /// Parses the arguments of the process, runs the command that they name and ends the process.
    ///
    /// The main thread waits for commands that are tasks: giving it up to a queue, as an asynchronous `main` does,
    /// would need a thread before anything could say that there is none.
    ///
    /// - Parameter threadCount: threads that commands which are tasks need beside the engine's.
    public static func run(_ root: any ParsableCommand.Type, threadCount: Int = ThreadRoom.neededCount) -> Never {
        omni_start_finished()
        ProcessFaults.installHandlers(
            exitStatus: ExitStatus.inputOutput.rawValue, memoryStatus: ExitStatus.systemLimit.rawValue)
        // The verb, once it is known: usage is its own.
        var verb: (any ParsableCommand.Type)?
        do {
            var command = try root.parseAsRoot()
            verb = type(of: command)
            try DescriptorRoom.require()
            if let command = command as? any AsyncParsableCommand {
                try ThreadRoom.require(threadCount)
                try wait(for: command)
            } else {
                try command.run()
            }
        } catch {
            end(root, verb, error)
        }
        leave(0)
    }

    private static func wait(for command: sending any AsyncParsableCommand) throws {
        let (done, outcome) = (DispatchSemaphore(value: 0), Outcome())
        Task {
            var command = command
            do { try await command.run() } catch { outcome.error.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = outcome.error.withLock({ $0 }) { throw error }
    }

    private final class Outcome: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }

    private static func end(
        _ root: any ParsableCommand.Type, _ verb: (any ParsableCommand.Type)?, _ error: any Error
    ) -> Never {
        // A reader that has seen enough is no failure: the program ends as if the signal had ended it.
        if isOfStandardOutput(error), StandardOutput.hasLostItsReader { ProcessFaults.endProcess(by: SIGPIPE) }
        if let status = ExitStatus(error) {
            Console.report(error)
            leave(status.rawValue)
        }
        // Help, version and wrong usage are the parser's own; it knows what to say, and repeats arguments.
        let code = root.exitCode(for: error)
        if code == .failure, !(error is ExitCode) {
            Console.report(error)
            leave(ExitStatus.internalError.rawValue)
        }
        var text = root.fullMessage(for: error)
        if let error = error as? ValidationError, let verb {
            // The parser does not know which verb was running.
            text = "Error: \(error.message)\n" + usage(of: verb, in: root)
        }
        if code == .success {
            if !text.isEmpty { print(text) }
        } else if !(error is ExitCode) {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            Console.write(lines.map { String($0).terminalSafeLine }.joined(separator: "\n") + "\n")
        }
        leave(code.rawValue)
    }

    /// As the parser words it for arguments that it refuses itself.
    private static func usage(of verb: any ParsableCommand.Type, in root: any ParsableCommand.Type) -> String {
        let usage = root.usageString(for: verb)
        let words = usage.split(separator: " ").prefix { !"<[-".contains($0.first ?? "-") }
        return "Usage: \(usage)\n  See '\(words.joined(separator: " ")) --help' for more information."
    }

    /// Ends the process without the destructors of libraries, which join threads that may never have started.
    private static func leave(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }

    private static func isOfStandardOutput(_ error: any Error) -> Bool {
        let path =
            switch error {
            case let error as OutputError: error.path
            case let error as OutputFileError: error.path
            case WAVError.unwritable(let file, _): file
            default: ""
            }
        return path == "-" || path == "standard output" || OutputFile.descriptor(namedBy: path) == STDOUT_FILENO
    }
}
