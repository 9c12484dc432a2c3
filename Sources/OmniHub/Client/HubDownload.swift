internal import Foundation

/// Brings one file into a cache.
struct HubDownload: Sendable {
    let file: HubFile
    let commit: String
    let places: RepositoryFolder
    let connection: HubConnection
    let meter: ProgressMeter
    /// The bytes of the file that the progress counted as present at its start.
    let countedByteCount: Int

    /// Downloads what is missing of the file, verifies it, and gives it its names. One process does it, others wait for
    /// it.
    func run() async throws {
        meter.begin(file.path)
        try FileSystem.makeFolder(places.blobs)
        let lock = try await FileLock.wait(for: places.lock(file.digest))
        defer { withExtendedLifetime(lock) {} }
        let (blob, incomplete) = (places.blob(file.digest), places.incomplete(file.digest))
        if FileSystem.size(of: blob) == file.size {
            // It is that of another commit, or another process has brought it meanwhile.
            meter.adjust(by: file.size - countedByteCount)
            return try link()
        }
        // What has the name and another length is a file that was damaged later.
        FileSystem.remove(blob)
        let partial = try await CancellationFlag.withThread { flag in
            try PartialFile(file, at: incomplete, meter, flag)
        }
        meter.adjust(by: partial.offset - countedByteCount)
        do {
            try await fetch(into: partial)
        } catch let error as HubError where error.isAboutContent {
            // Once more from the beginning; what is damaged again stays so.
            try partial.restart()
            do {
                try await fetch(into: partial)
            } catch let error as HubError where error.isAboutContent {
                FileSystem.remove(incomplete)
                throw error
            }
        }
        try FileSystem.rename(incomplete, to: blob, keepingFailed: true)
        try link()
    }

    /// Asks for the rest until all is there, then verifies it.
    private func fetch(into partial: PartialFile) async throws {
        var retries = RetryPolicy(connection.configuration)
        // A server without ranges starts from the beginning each time: only what was never there before is progress.
        var furthest = partial.offset
        while partial.offset < file.size {
            let (failure, delay): (HubError, Duration?)
            do {
                guard let reply = try await ask(partial) else { break }
                guard reply.mayPass else { throw question.refusal(reply) }
                (failure, delay) = (question.refusal(reply), reply.retryDelay)
            } catch let failed as HTTPFailureAt {
                guard failed.failure.kind.mayPass else { throw connection.error(failed) }
                (failure, delay) = (connection.error(failed), nil)
            }
            if partial.offset > furthest {
                furthest = partial.offset
                retries.noteProgress()
            }
            try await retries.wait(after: failure, atLeast: delay) { meter.wait($0) }
        }
        try await CancellationFlag.withThread { _ in try partial.finish() }
    }

    private var question: HubQuestion {
        HubQuestion(
            repository: places.repository, revision: commit, file: file.path,
            hasToken: connection.configuration.token != nil)
    }

    /// - Returns: `nil` when the exchange came to its end, the reply for a refusal.
    private func ask(_ partial: PartialFile) async throws -> HubConnection.Reply? {
        let parts = file.path.utf8.split(separator: UInt8(ascii: "/")).map { bytes in
            let part = String(decoding: bytes, as: UTF8.self)
            return part.addingPercentEncoding(withAllowedCharacters: .urlPathComponent) ?? part
        }
        let base = connection.configuration.endpoint.absoluteString
        let address = "\(base)/\(places.repository.id)/resolve/\(commit)/\(parts.joined(separator: "/"))"
        guard let url = URL(string: address) else { throw HubError.unsafePath(file.path) }
        let offset = partial.offset
        let receiver = CheckedReceiver(partial)
        let reply = try await connection.get(
            url, headers: offset > 0 ? ["Range": "bytes=\(offset)-"] : [:], into: receiver, checking: requireIdentity)
        switch reply.head.status {
        case 200, 206:
            guard partial.offset == file.size else {
                let failure = HTTPFailure(kind: .interrupted, reason: "the body ended after \(partial.offset) bytes")
                throw HTTPFailureAt(host: reply.host, failure: failure)
            }
            return nil
        case 416:
            // What is there is no part of what the server has.
            guard offset > 0 else { return reply }
            try partial.restart()
            throw HTTPFailureAt(
                host: reply.host, failure: HTTPFailure(kind: .interrupted, reason: "the server has no such range"))
        default: return reply
        }
    }

    /// The hub names the content in its own reply: another name than the list has is another content.
    private func requireIdentity(_ head: HTTPHead) throws {
        guard head.status < 400 else { return }
        let host = connection.configuration.endpoint.host() ?? ""
        if let tag = head.entityTag, HubDigest(blobName: tag) != nil, tag != file.digest.blobName {
            throw HubError.unexpectedReply(host: host, reason: "\(file.path) has the ETag \(tag), not \(file.digest)")
        }
        if let other = head["X-Repo-Commit"], other != commit {
            throw HubError.unexpectedReply(host: host, reason: "\(file.path) comes from commit \(other), not \(commit)")
        }
    }

    /// The name in the snapshot: a link that stays right when the cache is moved.
    private func link() throws(HubError) {
        let depth = file.path.utf8.count { $0 == UInt8(ascii: "/") } + 2
        let target = String(repeating: "../", count: depth) + "blobs/" + file.digest.blobName
        try FileSystem.link(places.file(file, at: commit), to: target)
    }
}

/// Gives bodies of files to a ``PartialFile`` and reads over those of refusals.
private struct CheckedReceiver: HTTPReceiver {
    private let partial: PartialFile

    init(_ partial: PartialFile) { self.partial = partial }

    func receive(_ head: HTTPHead) throws -> Bool {
        guard head.status == 200 || head.status == 206 else { return false }
        return try partial.receive(head)
    }

    func receive(_ bytes: RawSpan) throws { try partial.receive(bytes) }
}

extension HubError {
    /// Whether what came is wrong, so that it is worth to ask for it again.
    var isAboutContent: Bool {
        switch self {
        case .damaged, .wrongLength: true
        default: false
        }
    }
}
