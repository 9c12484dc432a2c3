internal import Foundation
internal import Synchronization

/// Sends requests to the hub: adds the token, follows redirects, and keeps the token from other hosts.
struct HubConnection: Sendable {
    private static let largestRedirectCount = 10

    let configuration: HubConfiguration
    let transport: any HTTPTransport

    /// The reply that is no redirect, and its sender.
    struct Reply: Sendable {
        var head: HTTPHead
        var host: String
        /// Whether the host is the endpoint.
        var isFromHub: Bool
    }

    /// Sends a request and those that redirects lead to.
    ///
    /// - Parameters:
    ///   - url: an address at the endpoint.
    ///   - headers: headers for every host.
    ///   - receiver: takes the reply that is no redirect.
    ///   - check: looks at each head that the endpoint sends, redirects among them, before what follows is taken.
    /// - Throws: ``HubError``, ``HTTPFailureAt``, the receiver's error, `CancellationError`.
    func get(
        _ url: URL, headers: [String: String] = [:], into receiver: any HTTPReceiver,
        checking check: @escaping @Sendable (HTTPHead) throws -> Void = { _ in }
    ) async throws -> Reply {
        var url = url
        for _ in 0...Self.largestRedirectCount {
            let isHub = isSameOrigin(url)
            var request = HTTPRequest(
                url: url, headers: headers, certificateFile: configuration.certificateFile,
                certificateFolder: configuration.certificateFolder, stallLimit: configuration.stallLimit)
            request.headers["User-Agent"] = "omni (swift)"
            request.headers["Accept-Encoding"] = "identity"
            if isHub, let token = configuration.token { request.headers["Authorization"] = "Bearer \(token.secret)" }
            let host = url.host() ?? ""
            let reception = FinalReception(receiver, isHub ? check : nil)
            do {
                try await transport.get(request, into: reception)
            } catch let failure as HTTPFailure {
                throw HTTPFailureAt(host: host, failure: failure)
            }
            guard let head = reception.head else {
                throw HTTPFailureAt(host: host, failure: HTTPFailure(kind: .interrupted, reason: "there was no reply"))
            }
            guard head.status != 407 else {
                throw HTTPFailureAt(
                    host: host, failure: HTTPFailure(kind: .proxy, reason: "the proxy wants a name and a password"))
            }
            guard head.isRedirect, let location = head["Location"] else {
                return Reply(head: head, host: host, isFromHub: isHub)
            }
            url = try target(of: location, from: url)
        }
        throw HubError.unexpectedReply(
            host: url.host() ?? "", reason: "more than \(Self.largestRedirectCount) redirects")
    }

    /// Where a redirect leads. From https it must not lead to http.
    private func target(of location: String, from url: URL) throws(HubError) -> URL {
        guard let target = URL(string: location, relativeTo: url)?.absoluteURL,
            let scheme = target.scheme?.lowercased(),
            scheme == "http" || scheme == "https", !(target.host() ?? "").isEmpty
        else {
            throw .unexpectedReply(host: url.host() ?? "", reason: "a redirect to an address that is not http or https")
        }
        guard url.scheme?.lowercased() != "https" || scheme == "https" else {
            throw .insecure(host: url.host() ?? "", reason: "it redirects to http")
        }
        // A name and password in an address would be sent, and printed in messages of libraries.
        guard target.user(percentEncoded: true) != nil || target.password(percentEncoded: true) != nil else {
            return target
        }
        guard var components = URLComponents(url: target, resolvingAgainstBaseURL: true) else {
            throw .unexpectedReply(host: url.host() ?? "", reason: "a redirect to an address that cannot be read")
        }
        components.user = nil
        components.password = nil
        guard let plain = components.url, plain.user() == nil, !(plain.host() ?? "").isEmpty else {
            throw .unexpectedReply(host: url.host() ?? "", reason: "a redirect to an address that cannot be read")
        }
        return plain
    }

    private func isSameOrigin(_ url: URL) -> Bool {
        func origin(_ url: URL) -> [String] {
            let scheme = (url.scheme ?? "").lowercased()
            return [scheme, (url.host() ?? "").lowercased(), String(url.port ?? (scheme == "https" ? 443 : 80))]
        }
        return origin(url) == origin(configuration.endpoint)
    }

    /// The error for an exchange that failed for good.
    func error(_ failed: HTTPFailureAt) -> HubError {
        let (host, reason) = (failed.host, HubConfiguration.withoutSecrets(failed.failure.reason))
        return switch failed.failure.kind {
        case .unreachable, .proxy: .unreachable(host: host, reason: reason, proxy: configuration.proxy)
        case .insecure: .insecure(host: host, reason: reason)
        case .interrupted: .interrupted(host: host, reason: reason)
        case .stalled: .stalled(host: host, seconds: configuration.stallLimit / .seconds(1))
        case .unusable: .noHTTP(reason: reason)
        }
    }
}

/// A failure, and where.
struct HTTPFailureAt: Error, Sendable {
    let host: String
    let failure: HTTPFailure
}

/// Passes on the reply that is no redirect, and reads the few bytes of the others so that the connection can be used
/// again.
private final class FinalReception: HTTPReceiver {
    private struct State {
        var head: HTTPHead?
        var skippedByteCount = 0
    }

    private static let largestSkippedByteCount = 64 << 10
    private let receiver: any HTTPReceiver
    private let check: (@Sendable (HTTPHead) throws -> Void)?
    private let state = Mutex(State())

    init(_ receiver: any HTTPReceiver, _ check: (@Sendable (HTTPHead) throws -> Void)?) {
        self.receiver = receiver
        self.check = check
    }

    var head: HTTPHead? { state.withLock { $0.head } }

    func receive(_ head: HTTPHead) throws -> Bool {
        try check?(head)
        state.withLock { $0 = State(head: head) }
        return head.isRedirect ? true : try receiver.receive(head)
    }

    func receive(_ bytes: RawSpan) throws {
        let isSkipped = try state.withLock { state throws(HTTPFailure) in
            guard state.head?.isRedirect == true else { return false }
            state.skippedByteCount += bytes.byteCount
            guard state.skippedByteCount <= Self.largestSkippedByteCount else {
                throw HTTPFailure(kind: .interrupted, reason: "a redirect with a long body")
            }
            return true
        }
        if !isSkipped { try receiver.receive(bytes) }
    }
}

/// Keeps a body of limited length.
final class MemoryReceiver: HTTPReceiver {
    private let largestByteCount: Int
    private let state = Mutex(Data())

    init(largestByteCount: Int) { self.largestByteCount = largestByteCount }

    var bytes: Data { state.withLock { $0 } }

    func receive(_ head: HTTPHead) throws -> Bool {
        // Of a refusal the headers say all that is needed.
        head.status == 200
    }

    func receive(_ bytes: RawSpan) throws {
        let fits = state.withLock { state in
            guard state.count + bytes.byteCount <= largestByteCount else { return false }
            unsafe bytes.withUnsafeBytes { unsafe state.append(contentsOf: $0) }
            return true
        }
        guard fits else { throw HTTPFailure(kind: .interrupted, reason: "the reply is too long") }
    }
}
