import Logging
import NIOCore
import NIOWebSocket
import Synchronization

/// A WebSocket as messages: puts fragments together, answers pings, keeps the connection alive, and lets nobody send too much.
struct WebSocketConnection {
    /// Text messages of at most so many bytes.
    let maximumMessageSize: Int
    /// A connection without a sign of life for so long is closed.
    let idleTimeout: Duration
    let queue: OutboundQueue

    /// What a client sent.
    enum Message: Sendable {
        case text(String)
        /// Bytes, which mean nothing here and are not kept.
        case binary
    }

    /// Why a connection ends from this side.
    private struct Violation: Error {
        let code: UInt16
        let reason: String
    }

    /// Serves the connection until one side closes it.
    ///
    /// - Parameter receive: takes a message; `false` when nothing more is wanted.
    func serve(
        _ channel: UpgradableChannel.WebSocketChannel, receive: @escaping @Sendable (Message) async -> Bool
    ) async throws {
        let life = SignOfLife()
        try await channel.executeThenClose { inbound, outbound in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await keepAlive(life, channel.channel) }
                group.addTask {
                    do {
                        try await read(inbound, outbound, life, receive)
                        queue.put(.close(1000, ""))
                    } catch let violation as Violation {
                        queue.put(.close(violation.code, violation.reason))
                    } catch {
                        queue.abandon()
                    }
                }
                // The writer's end is everybody's: it has sent the last message, or there is nobody to send it to.
                await write(outbound, channel.channel)
                group.cancelAll()
                queue.abandon()
            }
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ life: SignOfLife,
        _ receive: @Sendable (Message) async -> Bool
    ) async throws {
        var fragments: ByteBuffer?
        var isBinary = false
        for try await var frame in inbound {
            life.note()
            var data = frame.unmaskedData
            switch frame.opcode {
            case .text where fragments == nil, .binary where fragments == nil, .continuation where fragments != nil:
                if fragments == nil { isBinary = frame.opcode == .binary }
                var message = fragments ?? ByteBuffer()
                message.writeBuffer(&data)
                guard message.readableBytes <= maximumMessageSize else {
                    throw Violation(code: 1009, reason: "a message may have \(maximumMessageSize) bytes")
                }
                fragments = frame.fin ? nil : message
                guard frame.fin else { continue }
                guard !isBinary else {
                    guard await receive(.binary) else { return }
                    continue
                }
                guard let text = String(validating: message.readableBytesView, as: UTF8.self) else {
                    throw Violation(code: 1007, reason: "a message is text in UTF-8")
                }
                guard await receive(.text(text)) else { return }
            case .ping:
                frame = WebSocketFrame(fin: true, opcode: .pong, data: data)
                try await outbound.write(frame)
            case .pong: break
            case .connectionClose: return
            default: throw Violation(code: 1002, reason: "frames out of order")
            }
        }
    }

    private func write(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ channel: any Channel) async {
        do {
            while let message = await queue.next() {
                // A reader that takes nothing for a while goes.
                let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(PatientWriter.patience)) {
                    channel.close(promise: nil)
                }
                defer { timeout.cancel() }
                switch message {
                case .text(let text):
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
                case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
                case .close(let code, let reason):
                    var data = ByteBuffer(integer: code)
                    data.writeString(reason)
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
                    outbound.finish()
                    return
                }
            }
        } catch {
            // The connection is gone; the reader finds out too.
        }
    }

    private func keepAlive(_ life: SignOfLife, _ channel: any Channel) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: idleTimeout / 3) } catch { return }
            guard life.age < idleTimeout else {
                channel.close(promise: nil)
                return
            }
            queue.put(.ping)
        }
    }
}

/// When the other side was last heard of.
private final class SignOfLife: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    func note() { instant.withLock { $0 = .now } }

    var age: Duration { instant.withLock { .now - $0 } }
}
