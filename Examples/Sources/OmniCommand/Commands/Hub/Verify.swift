import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of a model in the cache with its hash.",
        discussion: """
            Reads everything: 3 GB take a few seconds. Makes no request. Exit status 1 when a file is damaged or \
            missing; `omni pull MODEL --verify` fetches it again. Missing are files that gpt-omni/mini-omni, \
            gpt-omni/mini-omni2 or the codec needs, and files that came, whole or in part, and are not in the model's \
            folder any more. What --include left out is not missing.
            """)

    @Argument(help: ArgumentHelp("The id of the model, for example gpt-omni/mini-omni, or ID@REV.", valueName: "model"))
    var model: String

    @Option(help: "A branch, a tag or a commit; without it main.")
    var revision: String?

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
        let argument = try HubArgument(model)
        let (repository, named) = try (argument.repository, argument.revision(option: revision))
        let cache = HubCache()
        var files: [File] = []
        for part in [repository] + repository.companions {
            let bar = ProgressBar()
            defer { bar.end() }
            do {
                let revision = part == repository ? named ?? "main" : "main"
                files += try await cache.verify(part, revision: revision, progress: bar.show).map { File(part, $0) }
            } catch HubError.notCached where part != repository {
                files.append(File(part))
            }
        }
        if json {
            try StandardOutput.write(json: files)
        } else {
            for file in files { try StandardOutput.write(file.line) }
        }
        guard files.allSatisfy(\.isGood) else {
            let name = "\(repository)" + (named.map { "@" + $0 } ?? "")
            Console.note("To fetch what is damaged or missing, type: omni pull \(name) --verify")
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
    }

    private struct File: Encodable {
        let repository: String
        let path: String
        let byteCount: Int
        let isGood: Bool
        let remark: String

        init(_ repository: HubRepository, _ file: VerifiedFile) {
            self.repository = repository.id
            path = file.path
            byteCount = file.byteCount
            isGood = file.result == .good
            remark =
                switch file.result {
                case .good: HubProgress.size(file.byteCount)
                case .damaged(let expected, let found): "damaged: it has the \(found), not the \(expected)"
                case .wrongLength(let expected, let found): "has \(found) bytes, not \(expected)"
                case .missing: "missing"
                case .unknown: "the cache keeps no hash for it"
                }
        }

        /// A repository that is not in the cache.
        init(_ repository: HubRepository) {
            (self.repository, path, byteCount, isGood, remark) = (repository.id, "", 0, false, "not in the cache")
        }

        var line: String {
            let name = path.isEmpty ? repository : "\(repository)/\(path)"
            return "\(isGood ? "ok  " : "FAIL")  \(name.terminalSafeLine)  \(remark)\n"
        }
    }
}
