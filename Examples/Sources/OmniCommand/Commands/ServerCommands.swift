import ArgumentParser
import CommandSupport

/// `omni serve …`: hands over to `omni-server serve …`.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the model to browsers and to clients of the reference and of OpenAI.",
        discussion: """
            Starts `omni-server serve` with the same arguments, which has the interfaces of the reference and of \
            OpenAI and a page to talk with. Example: omni serve --model Examples/Models/nano --port 60808

            Among its flags are --host, --port, --tls-cert, --tls-key, --api-key, --allow-origin, \
            --maximum-conversations, --trace-file and --config. omni-server prints them all in place of this help.


            """ + ServerProgram.explanation)

    @Argument(parsing: .captureForPassthrough, help: "Flags of the server.")
    var arguments: [String] = []

    func run() throws { try ServerProgram.run("serve", arguments, help: OmniCommand.helpMessage(for: Self.self)) }
}

/// `omni load …`: hands over to `omni-server load …`.
struct Load: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a running server with several speakers at once.",
        discussion: """
            Starts `omni-server load` with the same arguments. \
            Example: omni load question.wav --speakers 1,2,4 --seconds 30

            Among its flags are --speakers, --seconds, --listening, --host, --port and --api-key. omni-server prints \
            them all in place of this help.


            """ + ServerProgram.explanation)

    @Argument(
        parsing: .captureForPassthrough, help: "Recordings of questions, and flags.")
    var arguments: [String] = []

    func run() throws { try ServerProgram.run("load", arguments, help: OmniCommand.helpMessage(for: Self.self)) }
}
