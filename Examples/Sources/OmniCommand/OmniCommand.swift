import ArgumentParser
import CommandSupport

/// The `omni` command: everything the library does, from a shell.
@main
struct OmniCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "omni",
        abstract: "Speech in, speech out, on a plain CPU.",
        discussion: """
            Results go to standard output, progress and messages to standard error. A file named "-" is standard input \
            or output. With --json a command prints everything it computed as one JSON value.

            Exit status: 0 done, 1 a check failed, 64 wrong usage, 65 bad data in a file, 66 a file or a model is \
            missing, 69 a program is missing or the hub cannot be reached, 70 an internal error, 71 the system gives \
            no threads, memory or open files, 73 an output cannot be made, 74 reading or writing failed, 75 stopped \
            before the end or in use, 77 the hub does not permit it.
            """,
        version: Version.current,
        subcommands: [
            Ask.self, Listen.self, Devices.self, Transcribe.self, Batch.self, Serve.self, Load.self,
            Codec.self, Tokenize.self, DetectSpeech.self, Info.self, Doctor.self,
            Pull.self, Models.self, Verify.self, Remove.self,
            Quantize.self, Bench.self, MakeRandomModel.self,
        ])

    static func main() { ProgramRun.run(Self.self) }
}
