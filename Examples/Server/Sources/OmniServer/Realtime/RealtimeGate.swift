import Foundation
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Synchronization

/// Which requests may become realtime conversations, and how many.
final class RealtimeGate: Sendable {
    static let path = "/v1/realtime"

    /// Whether a request's target leads to the route of ``path``, with what the router passes over: slashes at the end
    /// or side by side, and the scheme and the host of an absolute form.
    static func isPath(_ target: String) -> Bool {
        URI(target).path.split(separator: "/") == path.split(separator: "/")
    }

    /// Where a browser, which can set no header field, puts its key.
    private static let keyProtocol = "openai-insecure-api-key."

    private let configuration: ServerConfiguration
    private let gatekeeper: Gatekeeper
    private let openCount = Mutex(0)

    init(_ configuration: ServerConfiguration, _ gatekeeper: Gatekeeper) {
        self.configuration = configuration
        self.gatekeeper = gatekeeper
    }

    var count: Int { openCount.withLock { $0 } }

    /// The subprotocol of a connection, if its client names one that is known.
    func subprotocol(_ head: HTTPRequestHead) -> String? {
        head.headers[canonicalForm: "sec-websocket-protocol"].contains("realtime") ? "realtime" : nil
    }

    /// Whether a client may come in.
    ///
    /// - Throws: ``APIError``, with which its request is refused.
    func check(_ head: HTTPRequestHead) throws(APIError) {
        try gatekeeper.checkOrigin(head.headers.first(name: "origin"), host: head.headers.first(name: "host"))
        let inProtocol = head.headers[canonicalForm: "sec-websocket-protocol"].first {
            $0.hasPrefix(Self.keyProtocol)
        }
        try gatekeeper.checkKey(
            head.headers.first(name: "authorization")?.bearerKey
                ?? inProtocol.map { String($0.dropFirst(Self.keyProtocol.count)) })
        if gatekeeper.isDraining { throw .draining }
    }

    /// Counts a connection, for as long as its permit is held.
    ///
    /// - Throws: ``APIError`` when there are too many.
    func enter(_ client: String) throws(APIError) -> Permit {
        try openCount.withLock { count throws(APIError) in
            guard count < configuration.maximumConnections else { throw .full(retryAfter: .seconds(5)) }
            count += 1
        }
        do { try gatekeeper.enter(client) } catch {
            leave()
            throw error
        }
        return Permit(self, ClientPermit(gatekeeper, client))
    }

    private func leave() { openCount.withLock { $0 -= 1 } }

    /// A connection's permit, given back when it is held no more.
    final class Permit: Sendable {
        private let gate: RealtimeGate
        private let client: ClientPermit

        fileprivate init(_ gate: RealtimeGate, _ client: ClientPermit) {
            self.gate = gate
            self.client = client
        }

        deinit { gate.leave() }
    }
}
