import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// HTTP/1.1 that becomes a WebSocket where a client asks for it: both on one port, with NIO's own upgrader.
struct UpgradableChannel: HTTPChannelHandler {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias WebSocketChannel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// What a connection has become.
    enum Negotiated: Sendable {
        case http(HTTPChannel)
        case webSocket(WebSocketChannel, HTTPRequestHead)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    let responder: Responder
    /// Whether a request may become a WebSocket, and with which header fields.
    let shouldUpgrade: @Sendable (HTTPRequestHead, any Channel) -> HTTPHeaders?
    /// Serves a WebSocket to its end.
    let serveWebSocket: @Sendable (WebSocketChannel, HTTPRequestHead, Logger) async -> Void
    let idleTimeout: Duration
    /// Bytes of one WebSocket frame.
    let maximumFrameSize: Int

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let upgrader = NIOTypedWebSocketServerUpgrader<Negotiated>(
                maxFrameSize: maximumFrameSize,
                shouldUpgrade: { channel, head in
                    channel.eventLoop.makeSucceededFuture(shouldUpgrade(head, channel))
                },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        .webSocket(try WebSocketChannel(wrappingChannelSynchronously: channel), head)
                    }
                })
            let upgrade = NIOTypedHTTPServerUpgradeConfiguration<Negotiated>(
                upgraders: [upgrader], notUpgradingCompletionHandler: { addHTTPHandlers($0, logger) })
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade)
            // As in Hummingbird's own channel: its async sequence of parts pipelines, its types validate, it reports errors.
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            configuration.decoderConfiguration.maxHeaderListSize = 32 << 10
            configuration.decoderConfiguration.maxHeaderFieldCount = 100
            let negotiated = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                configuration: configuration)
            // Whoever connects and says nothing goes.
            let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(idleTimeout)) { channel.close(promise: nil) }
            negotiated.whenComplete { _ in timeout.cancel() }
            return Value(channel: channel, negotiated: negotiated)
        }
    }

    private func addHTTPHandlers(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Negotiated> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try channel.pipeline.syncOperations.addHandler(
                HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
            return .http(
                try HTTPChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket(let channel, let head): await serveWebSocket(channel, head, logger)
            }
        } catch {
            logger.trace("a connection ended before its first request", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
        }
    }
}
