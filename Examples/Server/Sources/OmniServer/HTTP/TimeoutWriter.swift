import Hummingbird
import NIOCore
import Synchronization

/// Writes a body to a reader who may be slow, but not for ever: when nothing was taken for a while, the connection
/// goes.
///
/// What waits to be taken is bounded by the channel: ``write(_:)`` returns when there is room again.
struct TimeoutWriter {
    static let patience = Duration.seconds(30)

    private var writer: any ResponseBodyWriter
    private let watch: Watch

    init(_ writer: any ResponseBodyWriter, _ channel: any Channel) {
        self.writer = writer
        watch = Watch(channel)
    }

    @concurrent
    mutating func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        watch.begin()
        defer { watch.end() }
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    @concurrent
    consuming func finish() async throws { try await writer.finish(nil) }

    /// Closes the channel when a write takes too long.
    private final class Watch: Sendable {
        private let channel: any Channel
        private let timeout = Mutex<Scheduled<Void>?>(nil)

        init(_ channel: any Channel) { self.channel = channel }

        func begin() {
            let scheduled = channel.eventLoop.scheduleTask(in: TimeAmount(TimeoutWriter.patience)) { [channel] in
                channel.close(promise: nil)
            }
            timeout.withLock { $0 = scheduled }
        }

        func end() { timeout.withLock { $0 }?.cancel() }
    }
}
