import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// A connection of the server: HTTP/1.1, and WebSocket as an HTTP exchange whose two bodies are the two directions.
struct ServerChannel: HTTPChannelHandler {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    struct Value: ServerChildChannelValue {
        let http: HTTPChannel
        /// Comes true when the client has closed its side while it should wait for a response, and when the connection
        /// has ended.
        let clientGone: EventLoopFuture<Void>

        var channel: any Channel { http.channel }
    }

    let responder: Responder
    let rules: ConnectionHandler.Rules
    let table: ConnectionTable
    /// Whether the peer of a connection is a proxy, which stands for many clients.
    let isProxy: @Sendable (_ address: String) -> Bool

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let client = isProxy(channel.peerAddress) ? nil : ClientAddress.group(channel.peerAddress)
            let id = ObjectIdentifier(channel)
            let admission = table.enter(id, client: client) { [weak channel] in channel?.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in table.leave(id, client: client, admission: admission) }
            let encoder = HTTPResponseEncoder()
            let handler = ConnectionHandler(
                rules, isReserve: admission == .reserve, encoder: encoder,
                clientGone: channel.eventLoop.makePromise(of: Void.self))
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(encoder)
            try pipeline.addHandler(handler.decoder)
            try pipeline.addHandler(handler)
            let http = try HTTPChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            return Value(http: http, clientGone: handler.clientGone.futureResult)
        }
    }

    /// Serves the connection to its end. The work for a request is cancelled when its client has gone.
    func handle(value: Value, logger: Logger) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await handleHTTP(asyncChannel: value.http, logger: logger) }
            group.addTask { try? await value.clientGone.get() }
            await group.next()
            group.cancelAll()
        }
    }
}
