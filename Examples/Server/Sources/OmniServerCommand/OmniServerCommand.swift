import ArgumentParser
import CommandSupport
import OmniServer

/// The `omni-server` command: what `omni serve` and `omni load` hand over to.
@main
struct OmniServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "omni-server",
        abstract: "Speech in, speech out, for browsers and for clients of the reference and of OpenAI.",
        discussion: "`omni serve` and `omni load` start this program with the same arguments.",
        version: Version.current,
        subcommands: [Serve.self, Load.self])

    static func main() async { await runWithExitStatus() }
}

extension ConfigurationError: ErrorWithExitStatus {
    public var exitStatus: ExitStatus { .wrongUsage }
}

extension LoadTestError: ErrorWithExitStatus {
    public var exitStatus: ExitStatus { .inputOutput }
}
