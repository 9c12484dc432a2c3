import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A client of the Realtime API, for load tests: events as JSON, one connection.
struct RealtimeClient {
    typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    let host: String
    let port: Int
    let apiKey: String?

    /// Talks over a connection of its own.
    ///
    /// - Parameter talk: gets what comes in, and a way to send.
    /// - Throws: ``LoadTestError`` that says where the server was expected, also for the network's own errors.
    func connect<Result: Sendable>(
        _ talk: @escaping @Sendable (_ events: RealtimeEvents, _ send: RealtimeSender) async throws -> Result
    ) async throws -> Result {
        do {
            return try await converse(talk)
        } catch let error as NIOConnectionError {
            let causes = error.connectionErrors.map(\.error) + [error.dnsAError, error.dnsAAAAError].compactMap(\.self)
            let reason = causes.first.map(Self.reason) ?? "it cannot be reached"
            throw LoadTestError("there is no server at \(host), port \(port): \(reason)")
        } catch let error as IOError {
            throw LoadTestError("the connection to \(host), port \(port) failed: \(Self.reason(error))")
        } catch let error as ChannelError {
            throw LoadTestError("the connection to \(host), port \(port) failed: \(error)")
        }
    }

    /// The system's words.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "its name cannot be looked up" }
        return unsafe String(cString: strerror(error.errnoCode))
    }

    private func converse<Result: Sendable>(
        _ talk: @escaping @Sendable (_ events: RealtimeEvents, _ send: RealtimeSender) async throws -> Result
    ) async throws -> Result {
        let negotiated = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try upgrade(channel) }
            }
        guard let channel = try await negotiated.get() else { throw LoadTestError("the server refused the connection") }
        return try await channel.executeThenClose { inbound, outbound in
            try await talk(
                RealtimeEvents(inbound.makeAsyncIterator(), outbound), RealtimeSender(outbound, channel.channel))
        }
    }

    private func upgrade(_ channel: any NIOCore.Channel) throws -> EventLoopFuture<Channel?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Channel?>(
            maxFrameSize: 1 << 24,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
            })
        var headers: HTTPHeaders = ["Host": "\(host):\(port)"]
        if let apiKey { headers.add(name: "Authorization", value: "Bearer \(apiKey)") }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: RealtimeGate.path, headers: headers)
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Channel?>(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(nil) })
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // The first event may come in one packet with the reply to the upgrade: otherwise it would be dropped with the
        // decoder.
        pipeline.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
    }
}

/// What a server says, one event after the other.
struct RealtimeEvents {
    private var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

    init(
        _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) {
        self.frames = frames
        self.outbound = outbound
    }

    /// The next event; `nil` when the server has closed.
    mutating func next() async throws -> JSON? {
        while let frame = try await frames.next(isolation: #isolation) {
            switch frame.opcode {
            case .text: return try JSON(parsing: frame.unmaskedData.readableBytesView)
            case .ping:
                try await outbound.write(
                    WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData))
            case .connectionClose: return nil
            default: break
            }
        }
        return nil
    }
}

/// The way to a server.
struct RealtimeSender: Sendable {
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private let channel: any NIOCore.Channel

    init(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ channel: any NIOCore.Channel) {
        self.outbound = outbound
        self.channel = channel
    }

    /// Closes the connection after a while, unless that is cancelled.
    func closing(after duration: Duration) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: TimeAmount(duration)) { [channel] in channel.close(promise: nil) }
    }

    func callAsFunction(_ event: JSON) async throws {
        let data = ByteBuffer(bytes: event.bytes)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: data))
    }
}

/// A load test that cannot be done.
public struct LoadTestError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
