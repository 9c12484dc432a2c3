import HummingbirdCore
import NIOCore
import Synchronization

/// What a client said over a WebSocket.
enum WebSocketMessage: Sendable {
    case text([UInt8])
    case binary
    /// More than it may: nothing of it is taken any more.
    case tooMuch
}

/// A WebSocket as messages: answers pings, keeps the connection alive, and lets no client send too much.
struct WebSocketConnection {
    let limits: WebSocketReader.Limits
    /// A connection without a sign of life for so long is closed.
    let idleTimeout: Duration
    let queue: OutboundQueue
    let channel: any Channel
    /// What the client's connections share.
    let account: ClientAccount

    /// Serves the connection until one side closes it.
    ///
    /// - Parameters:
    ///   - body: the client's bytes.
    ///   - writer: takes the server's bytes.
    ///   - receive: takes a message; `false` when nothing more is wanted.
    @concurrent
    func serve(
        _ body: RequestBody, _ writer: inout any ResponseBodyWriter,
        receive: @escaping @Sendable (WebSocketMessage) async -> Bool
    ) async {
        let life = SignOfLife()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keepAlive(life) }
            group.addTask {
                do {
                    try await read(body, life, receive)
                    queue.put(.close(1000, ""))
                } catch let violation as WebSocketReader.Violation {
                    queue.put(.close(violation.code, violation.reason))
                } catch {
                    queue.abandon()
                }
            }
            // When the writer ends, all end: it has sent the last message, or the client has gone.
            await write(&writer)
            group.cancelAll()
            queue.abandon()
        }
    }

    private func read(
        _ body: RequestBody, _ life: SignOfLife, _ receive: @Sendable (WebSocketMessage) async -> Bool
    ) async throws {
        var reader = WebSocketReader(limits)
        var limit = EventLimit(account)
        for try await var bytes in body {
            life.note()
            guard limit.allows(byteCount: bytes.readableBytes, at: .now) else {
                _ = await receive(.tooMuch)
                return
            }
            while let event = try reader.read(&bytes) {
                guard limit.allowsFrame(at: .now) else {
                    _ = await receive(.tooMuch)
                    return
                }
                switch event {
                case .text(let text): guard await receive(.text(text)) else { return }
                case .binary: guard await receive(.binary) else { return }
                case .ping(let payload): queue.put(.pong(payload))
                case .fragment, .pong: break
                case .close: return
                }
            }
        }
    }

    @concurrent
    private func write(_ writer: inout any ResponseBodyWriter) async {
        while let message = await queue.next() {
            // A reader that takes nothing for a while goes.
            let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(TimeoutWriter.patience)) { [channel] in
                channel.close(promise: nil)
            }
            defer { timeout.cancel() }
            // When the connection is gone, the reader finds out too.
            do { try await writer.write(WebSocketFrames.bytes(message)) } catch { return }
            if case .close = message { return }
        }
    }

    private func keepAlive(_ life: SignOfLife) async {
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
