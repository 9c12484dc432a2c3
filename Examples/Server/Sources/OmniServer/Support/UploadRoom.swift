import OmniCore
import Synchronization

/// Bounds the audio of requests that is held at a time, of all clients: a small file can hold much.
///
/// Recordings that are being decoded are not counted: there are as many as ``WorkPool/bodies`` has threads, each of at
/// most ``UploadedAudio/maximumSampleCount`` samples.
final class UploadRoom: Sendable {
    /// Samples that may be held: 256 MiB of floats, or seven recordings of ten minutes at 16 kHz.
    static let maximumSampleCount = 1 << 26

    private let maximum: Int
    private let held = Mutex(0)

    /// - Parameter maximumSampleCount: samples that may be held.
    init(maximumSampleCount: Int = UploadRoom.maximumSampleCount) { maximum = maximumSampleCount }

    /// Samples that are held now.
    var sampleCount: Int { held.withLock { $0 } }

    /// Room for samples; given back when it is let go.
    final class Permit: Sendable {
        private let room: UploadRoom
        private let count: Int

        fileprivate init(_ room: UploadRoom, _ count: Int) { (self.room, self.count) = (room, count) }

        deinit { room.held.withLock { $0 -= count } }
    }

    /// - Throws: ``APIError`` when there is not enough room.
    func enter(sampleCount: Int) throws(APIError) -> Permit {
        let isFree = held.withLock { held in
            guard sampleCount <= maximum - held else { return false }
            held += sampleCount
            return true
        }
        guard isFree else {
            throw APIError(
                status: 503, kind: .server, code: "server_full",
                message: "as much audio as may wait is waiting to be heard; try again later", retryAfter: .seconds(2))
        }
        return Permit(self, sampleCount)
    }
}
