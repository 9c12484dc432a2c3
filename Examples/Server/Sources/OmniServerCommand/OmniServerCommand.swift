import ArgumentParser
public import CommandSupport
import Foundation
public import OmniServer

/// The `omni-server` command: what `omni serve` and `omni load` hand over to.
@main
struct OmniServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "omni-server",
        abstract: "Speech in, speech out, for browsers and for clients of the reference and of OpenAI.",
        discussion: "`omni serve` and `omni load` start this program with the same arguments.",
        version: Version.current,
        subcommands: [Serve.self, Load.self])

    static func main() {
        // Beside those of any command: an event loop for each core, and threads that wait for files.
        let coreCount = min(ProcessInfo.processInfo.activeProcessorCount, 64)
        ProgramRun.run(Self.self, threadCount: ThreadRoom.neededCount + 2 * coreCount)
    }
}

extension ConfigurationError: ErrorWithExitStatus {
    public var exitStatus: ExitStatus { .wrongUsage }
}

extension ServerStartError: ErrorWithExitStatus {
    public var exitStatus: ExitStatus {
        switch self {
        case .address: .unavailable
        case .certificate: .noInput
        }
    }
}

extension LoadTestError: ErrorWithExitStatus {
    public var exitStatus: ExitStatus { .unavailable }
}
