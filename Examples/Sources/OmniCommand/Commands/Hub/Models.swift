import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline

struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the models in the cache.",
        discussion: """
            Sizes, and whether all is there that a model needs. Makes no request. Where the cache has no list of a \
            commit's files, as older clients leave it, a model counts as complete when nothing in its folder is \
            unfinished; "hasFileList" says so in JSON.
            """)

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        let cache = HubCache()
        let models = cache.repositories()
        if json { return try StandardOutput.write(json: models.flatMap(Model.all)) }
        if models.isEmpty { return Console.note("There is no model in \(cache.folder.path)") }
        for model in models.flatMap(Model.all) {
            let name = model.repository.padding(toLength: max(28, model.repository.count), withPad: " ", startingAt: 0)
            let size = HubProgress.size(model.byteCount)
            let revision = model.revisions.isEmpty ? "" : " (\(model.revisions.joined(separator: ", ")))"
            try StandardOutput.write(
                "\(name)  \(size)  \(model.commit.prefix(8))\(revision.terminalSafeLine)  \(model.state)\n")
        }
    }

    private struct Model: Encodable {
        let repository: String
        let commit: String
        let revisions: [String]
        let byteCount: Int
        let fileCount: Int
        let isComplete: Bool
        /// Whether the cache says what files the commit has.
        let hasFileList: Bool
        let missing: [String]
        let receivedByteCount: Int
        let missingByteCount: Int

        static func all(_ model: CachedRepository) -> [Model] {
            model.snapshots.map { snapshot in
                let missing = snapshot.missing ?? []
                return Model(
                    repository: model.repository.id, commit: snapshot.commit, revisions: snapshot.revisions,
                    byteCount: snapshot.byteCount, fileCount: snapshot.fileCount,
                    isComplete: snapshot.isComplete, hasFileList: snapshot.missing != nil,
                    missing: missing.map(\.path),
                    receivedByteCount: missing.reduce(0) { $0 + $1.receivedByteCount },
                    missingByteCount: missing.reduce(0) { $0 + ($1.size ?? 0) - $1.receivedByteCount })
            }
        }

        var state: String {
            if !hasFileList { return "\(fileCount) files, without a list" + (isComplete ? "" : ", not finished") }
            if isComplete { return "complete" }
            let files = "\(missing.count) of \(fileCount + missing.count) files missing"
            let rest = missingByteCount > 0 ? ", \(HubProgress.size(missingByteCount)) to come" : ""
            return files + rest
        }
    }
}
