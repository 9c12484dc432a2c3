import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Tracing

/// Which requests may become realtime conversations, and how many.
final class RealtimeGate: Sendable {
    static let path = "/v1/realtime"
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

    /// Lets a request become a WebSocket.
    ///
    /// - Returns: header fields of the answer; `nil` to refuse it, which ``refusal(_:)`` explains.
    func shouldUpgrade(_ head: HTTPRequestHead) -> HTTPHeaders? {
        guard refusal(head) == nil else { return nil }
        let protocols = head.headers[canonicalForm: "sec-websocket-protocol"]
        return protocols.contains("realtime") ? ["Sec-WebSocket-Protocol": "realtime"] : [:]
    }

    /// Why a request may not become a WebSocket.
    func refusal(_ head: HTTPRequestHead) -> APIError? {
        guard head.uri.split(separator: "?", maxSplits: 1).first == Self.path[...] else { return .notFound }
        do {
            try gatekeeper.checkOrigin(head.headers.first(name: "origin"), host: head.headers.first(name: "host"))
            let inProtocol = head.headers[canonicalForm: "sec-websocket-protocol"].first {
                $0.hasPrefix(Self.keyProtocol)
            }
            try gatekeeper.checkKey(
                head.headers.first(name: "authorization")?.bearerKey
                    ?? inProtocol.map { String($0.dropFirst(Self.keyProtocol.count)) })
        } catch {
            return error
        }
        if gatekeeper.isDraining { return .draining }
        return count < configuration.maximumConnections ? nil : .full(retryAfter: .seconds(5))
    }

    /// The trace that a client has begun, to be gone on with.
    func trace(of head: HTTPRequestHead) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        InstrumentationSystem.instrument.extract(head.headers, into: &context, using: HeaderExtractor())
        return context
    }

    /// Counts a connection, until ``leave()``.
    ///
    /// - Throws: ``APIError`` when others that asked at the same time came first.
    func enter() throws(APIError) {
        try openCount.withLock { count throws(APIError) in
            guard count < configuration.maximumConnections else { throw .full(retryAfter: .seconds(5)) }
            count += 1
        }
    }

    func leave() { openCount.withLock { $0 -= 1 } }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: HTTPHeaders) -> String? { headers.first(name: key) }
}
