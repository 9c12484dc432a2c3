import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove a model from the cache.",
        discussion: """
            Asks first at a terminal; elsewhere --yes is needed. The codec of a model is a repository of its own and \
            stays. With --revision, or ID@REV, only what no other revision uses goes.
            """)

    @Argument(help: ArgumentHelp("The id of the model, for example gpt-omni/mini-omni, or ID@REV.", valueName: "model"))
    var model: String

    @Option(help: "A branch, a tag or a commit; without it everything.")
    var revision: String?

    @Flag(help: "Do not ask.")
    var yes = false

    func run() throws {
        let argument = try HubArgument(model)
        let (repository, revision) = try (argument.repository, argument.revision(option: revision))
        let cache = HubCache()
        guard let contents = cache.contents(of: repository) else {
            throw HubError.notCached(repository, revision: nil)
        }
        let size = HubProgress.size(contents.byteCount + contents.incompleteByteCount)
        let question = revision.map { "Remove revision \($0) of \(repository)" } ?? "Remove \(repository), \(size)"
        guard try yes || isConfirmed(question + "? [y/N] ") else {
            Console.note("Nothing was removed")
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
        let byteCount = try cache.remove(repository, revision: revision)
        Console.note("\(HubProgress.size(byteCount)) are free again")
    }

    private func isConfirmed(_ question: String) throws -> Bool {
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            throw ValidationError("Without a terminal to ask at, rm wants --yes")
        }
        Console.write(question)
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}
