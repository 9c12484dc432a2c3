import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline

struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Download a model from Hugging Face's hub.",
        discussion: """
            Files go into the cache that Python's huggingface_hub uses as well, and are not fetched again. A download \
            that was interrupted goes on where it ended. For gpt-omni/mini-omni and gpt-omni/mini-omni2 only the files \
            that the model needs come, and the codec with them; for other models all files, or those that --include \
            names. A wait that the hub asks for is said.

            HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE, HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are \
            respected. Afterwards the id is what --model takes. Prints the folder.
            """)

    @Argument(help: ArgumentHelp("The id of the model, for example gpt-omni/mini-omni, or ID@REV.", valueName: "repo"))
    var repository: String

    @Option(help: "A branch, a tag or a commit; without it main.")
    var revision: String?

    @Option(help: ArgumentHelp("Only files that the pattern matches; may be repeated.", valueName: "glob"))
    var include: [String] = []

    @Flag(help: "Ask the hub whether the branch has moved. Without it a complete model needs no network.")
    var update = false

    @Flag(help: "Compare what is there with its hashes first, and fetch damaged files again.")
    var verify = false

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
        let argument = try HubArgument(repository)
        let (repository, revision) = try (argument.repository, argument.revision(option: revision) ?? "main")
        let hub = try HubClient()
        let bar = ProgressBar()
        let snapshots: [HubSnapshot]
        do {
            defer { bar.end() }
            if include.isEmpty {
                snapshots = try await hub.snapshots(
                    ofModel: repository, revision: revision, isUpdating: update, isVerifying: verify, progress: bar.show
                )
            } else {
                snapshots = [
                    try await hub.snapshot(
                        of: repository, revision: revision, matching: include, isUpdating: update, isVerifying: verify,
                        progress: bar.show)
                ]
            }
        } catch HubError.noSuchRepository(let missing, let hasToken) {
            let error = HubError.noSuchRepository(missing, hasToken: hasToken)
            guard let similar = ModelLocation.suggestion(for: missing, among: []) else { throw error }
            throw InputError(code: .missing, path: missing.id, reason: "\(error); did you mean \(similar)?")
        }
        if json {
            try StandardOutput.write(json: snapshots.map(PulledSnapshot.init))
        } else {
            for snapshot in snapshots { try StandardOutput.write(snapshot.folder.path + "\n") }
        }
    }
}

private struct PulledSnapshot: Encodable {
    let repository: String
    let commit: String
    let folder: String
    let byteCount: Int

    init(_ snapshot: HubSnapshot) {
        repository = snapshot.repository.id
        commit = snapshot.commit
        folder = snapshot.folder.path
        byteCount = snapshot.files.reduce(0) { $0 + $1.size }
    }
}
