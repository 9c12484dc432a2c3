import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// How a request becomes a WebSocket (RFC 6455, 4.2).
enum WebSocketHandshake {
    /// Whether a request asks for it, rightly or not.
    static func isAsked(_ head: HTTPRequestHead) -> Bool {
        head.version.minor >= 1 && isAsked(head.headers) && !head.headers.contains(name: "transfer-encoding")
            && ["0", nil].contains(head.headers.first(name: "content-length"))
    }

    private static func isAsked(_ headers: HTTPHeaders) -> Bool {
        headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// Whether a request may become a WebSocket.
    ///
    /// - Throws: ``APIError`` with the status 426 where another one would, and 400.
    static func check(_ head: HTTPRequestHead) throws(APIError) {
        guard isAsked(head.headers) else { throw upgradeRequired("this is a WebSocket") }
        guard head.method == .GET, isAsked(head) else {
            throw .invalid("a WebSocket begins with GET, without a body", code: "invalid_handshake")
        }
        guard head.headers["sec-websocket-version"] == ["13"] else {
            throw upgradeRequired("the version of the WebSocket is 13")
        }
        let keys = head.headers["sec-websocket-key"]
        guard keys.count == 1, keys[0].utf8.count == 24, [UInt8](base64: keys[0])?.count == 16 else {
            throw .invalid("Sec-WebSocket-Key is 16 bytes in base64", code: "invalid_handshake")
        }
    }

    private static func upgradeRequired(_ message: String) -> APIError {
        APIError(status: 426, kind: .invalidRequest, code: "upgrade_required", message: message)
    }

    /// The header fields of the response to a request that was checked.
    ///
    /// - Parameter subprotocol: one that the client named, if any.
    static func response(
        to head: HTTPRequestHead, subprotocol: String?, _ channel: any Channel
    ) async throws -> HTTPFields {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let headers = try await upgrader.buildUpgradeResponse(
            channel: channel, upgradeRequest: head, initialResponseHeaders: [:]
        ).get()
        var fields: HTTPFields = [.connection: "Upgrade", .upgrade: "websocket"]
        fields[.secWebSocketAccept] = headers.first(name: "sec-websocket-accept")
        fields[.secWebSocketProtocol] = subprotocol
        return fields
    }
}

extension HTTPRequestHead {
    /// The head of a request as HTTP/1.1 writes it.
    init(_ request: Request) {
        self.init(version: .http1_1, method: .RAW(value: request.method.rawValue), uri: request.head.path ?? "")
        for field in request.headers { headers.add(name: field.name.rawName, value: field.value) }
        if let host = request.head.authority { headers.replaceOrAdd(name: "host", value: host) }
    }
}
