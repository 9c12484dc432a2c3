internal import Foundation
internal import OmniFormats

/// What the hub says about a revision: which commit it is, and what files that has.
struct HubListing: Sendable {
    let commit: String
    let tree: HubTree
    /// By path, the Git blobs of the pointers that stand for files of Git LFS.
    let pointerIDs: [String: String]

    private struct Reply: Decodable {
        struct File: Decodable {
            struct LFS: Decodable {
                let sha256: String
                let size: Int
            }

            let rfilename: String
            let size: Int?
            let blobId: String?
            let lfs: LFS?
        }

        let sha: String
        let siblings: [File]
    }

    /// Reads the reply of `/api/models/<id>/revision/<revision>?blobs=true`.
    ///
    /// - Throws: ``HubError/unexpectedReply(host:reason:)``, ``HubError/unsafePath(_:)``,
    ///   ``HubError/impossibleSize(file:)``.
    init(_ bytes: Data, host: String) throws(HubError) {
        func unexpected(_ reason: String) -> HubError { .unexpectedReply(host: host, reason: reason) }
        guard JSONText.fault(in: bytes) == nil, let reply = try? JSONDecoder().decode(Reply.self, from: bytes) else {
            throw unexpected("the list of files is not the JSON that it should be")
        }
        guard let commit = HubRevision.commit(reply.sha) else { throw unexpected("the commit is not 40 digits") }
        guard reply.siblings.count <= HubTree.largestFileCount else { throw unexpected("the list has too many files") }
        var (files, pointerIDs): ([HubFile], [String: String]) = ([], [:])
        for file in reply.siblings {
            guard let size = file.lfs?.size ?? file.size,
                let digest = (file.lfs?.sha256 ?? file.blobId).flatMap(HubDigest.init(blobName:))
            else { throw unexpected("the list has no size and no hash for \(file.rfilename.debugDescription)") }
            try files.append(HubFile(path: file.rfilename, size: size, digest: digest))
            if file.lfs != nil, let id = file.blobId, case .gitBlob? = HubDigest(blobName: id) {
                pointerIDs[file.rfilename] = id
            }
        }
        self.commit = commit
        tree = try HubTree(files)
        self.pointerIDs = pointerIDs
    }
}

extension HubConnection {
    /// Asks what a revision has, again where that may help.
    ///
    /// - Parameter progress: is told of a wait that the hub asks for.
    func listing(
        of repository: HubRepository, revision: HubRevision, _ progress: ProgressMeter.Report? = nil
    ) async throws -> HubListing {
        // A slash in the name of a branch is no separator.
        let name = revision.name.addingPercentEncoding(withAllowedCharacters: .urlPathComponent) ?? revision.name
        let address = "\(configuration.endpoint.absoluteString)/api/models/\(repository.id)/revision/\(name)?blobs=true"
        guard let url = URL(string: address) else { throw HubError.badRevision(revision.name) }
        var retries = RetryPolicy(configuration)
        while true {
            do {
                let receiver = MemoryReceiver(largestByteCount: HubTree.largestByteCount)
                let reply = try await get(url, headers: ["Accept": "application/json"], into: receiver)
                if reply.head.status == 200 { return try HubListing(receiver.bytes, host: reply.host) }
                let question = HubQuestion(
                    repository: repository, revision: revision.name, file: nil, hasToken: configuration.token != nil)
                guard reply.mayPass else { throw question.refusal(reply) }
                try await retries.wait(after: question.refusal(reply), atLeast: reply.retryDelay) { delay in
                    progress?(
                        HubProgress(
                            completedByteCount: 0, totalByteCount: 0, bytesPerSecond: nil, file: "",
                            requestedWait: delay))
                }
            } catch let failed as HTTPFailureAt {
                // A hub that cannot be reached at the first word will not be in a second.
                guard failed.failure.kind == .interrupted || failed.failure.kind == .stalled else {
                    throw error(failed)
                }
                try await retries.wait(after: error(failed))
            }
        }
    }
}

extension CharacterSet {
    /// What may stand in one part of a path.
    static let urlPathComponent = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
