/// Why a hub or its cache did not give a model. Each prints one sentence.
public enum HubError: Error, Sendable, Hashable {
    // MARK: What was asked for

    /// This is no id of a repository.
    case badRepositoryID(String)
    /// This is no name of a branch or tag, and no commit.
    case badRevision(String)
    /// The endpoint is not an http or https address without a name and password.
    case badEndpoint(String)
    /// The access token holds characters that no token has.
    case badToken
    /// The hub does not know the repository, or hides it from this user.
    case noSuchRepository(HubRepository, hasToken: Bool)
    /// The repository has no such branch, tag or commit.
    case noSuchRevision(HubRepository, revision: String)
    /// The repository has no file that `pattern` matches.
    case noSuchFile(HubRepository, revision: String, pattern: String)

    // MARK: Access

    /// The repository is open only to users who accepted its conditions.
    case gated(HubRepository, hasToken: Bool)
    /// The hub does not accept the token.
    case tokenRefused(host: String)

    // MARK: Network

    /// The cache lacks files, and the network is not to be used.
    case offline(HubRepository, revision: String, missing: [String])
    /// No connection: name, route, proxy. `proxy` is the one that the environment names.
    case unreachable(host: String, reason: String, proxy: String?)
    /// The server's identity cannot be proved, or it leads from https to http.
    case insecure(host: String, reason: String)
    /// Nothing came for so long, several times in succession.
    case stalled(host: String, seconds: Double)
    /// The connection ended too early, several times in succession.
    case interrupted(host: String, reason: String)
    /// The server's refusal.
    case refused(host: String, status: Int, message: String?)
    /// The reply is not what a hub sends.
    case unexpectedReply(host: String, reason: String)
    /// HTTP cannot be used on this machine.
    case noHTTP(reason: String)

    // MARK: Content

    /// The hub names a file that could leave its folder.
    case unsafePath(String)
    /// The hub announces a size that no file has, or more bytes in all than can be counted.
    case impossibleSize(file: String)
    /// What came, twice, is not what the hub announces.
    case damaged(file: String, expected: HubDigest, found: HubDigest)
    /// The server sent, twice, more or less than the hub announces.
    case wrongLength(file: String, expected: Int, found: Int)

    // MARK: Disk

    /// There is not enough space.
    case diskFull(folder: String, needed: Int, available: Int)
    /// A file or folder of the cache cannot be used.
    case unusable(path: String, reason: String)
    /// Another process is downloading the repository.
    case busy(HubRepository)
    /// The cache has nothing of the repository, or not at this revision.
    case notCached(HubRepository, revision: String?)
}

extension HubError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badRepositoryID(let id):
            "\"\(id)\" is not the id of a model: one is like gpt-omni/mini-omni, "
                + "of letters, digits, \"-\", \"_\" and \".\""
        case .badRevision(let name): "\"\(name)\" is not a branch, a tag or a commit"
        case .badEndpoint(let text):
            "HF_ENDPOINT must be an http or https address without a name and password, not \"\(text)\""
        case .badToken: "the access token holds characters that cannot be in one"
        case .noSuchRepository(let repository, let hasToken):
            "the hub has no model \(repository)"
                + (hasToken
                    ? " that the access token opens" : ", or it is private and needs an access token (HF_TOKEN)")
        case .noSuchRevision(let repository, let revision): "\(repository) has no revision \(revision)"
        case .noSuchFile(let repository, let revision, let pattern):
            "\(repository) has no file \(pattern) at revision \(revision)"
        case .gated(let repository, let hasToken):
            "\(repository) is gated: accept its conditions on its page"
                + (hasToken ? ", with the account of the access token" : " and set HF_TOKEN to an access token")
        case .tokenRefused(let host): "\(host) does not accept the access token"
        case .offline(let repository, let revision, let missing):
            "\(repository) at revision \(revision) is not complete in the cache and the network is switched off"
                + (missing.isEmpty ? "" : ": \(Self.list(missing)) missing")
        case .unreachable(let host, let reason, let proxy):
            "\(host) cannot be reached\(proxy.map { " through the proxy \($0)" } ?? ""): \(reason)"
        case .insecure(let host, let reason): "the connection to \(host) is not secure: \(reason)"
        case .stalled(let host, let seconds): "\(host) sent nothing for \(Self.brief(seconds)) seconds, again and again"
        case .interrupted(let host, let reason): "the connection to \(host) ended early, again and again: \(reason)"
        case .refused(let host, let status, let message):
            "\(host) refuses with status \(status)\(message.map { ": \($0)" } ?? "")"
        case .unexpectedReply(let host, let reason): "\(host) does not answer like a hub: \(reason)"
        case .noHTTP(let reason): "nothing can be downloaded: \(reason)"
        case .unsafePath(let path): "the hub names a file that could leave its folder: \(path.debugDescription)"
        case .impossibleSize(let file): "the hub announces an impossible size of \(file.debugDescription)"
        case .damaged(let file, let expected, let found):
            "\(file) is damaged: it has the \(found), not the \(expected)"
        case .wrongLength(let file, let expected, let found):
            "\(file) has \(found) bytes where the hub announces \(expected)"
        case .diskFull(let folder, let needed, let available):
            "\(folder) has room for \(HubProgress.size(available)), and \(HubProgress.size(needed)) are needed"
        case .unusable(let path, let reason): "\(path): \(reason)"
        case .busy(let repository): "another process is downloading \(repository)"
        case .notCached(let repository, let revision):
            "\(repository)\(revision.map { " at revision \($0)" } ?? "") is not in the cache"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(4).joined(separator: ", ")
        return (names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown) + (names.count == 1 ? " is" : " are")
    }

    private static func brief(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }
}
