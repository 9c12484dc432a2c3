import Foundation
import OmniPipeline
import Synchronization

/// Microphone and loudspeaker, on a thread of their own.
final class SoundDevice: Sendable {
    private struct State {
        var queue: [Float] = []
        var isPaused = false
        var isClosed = false
    }

    static let sampleRate = 24_000
    private static let frameCount = 480

    private let state = Mutex(State())
    let audio: AsyncThrowingStream<AudioChunk, any Error>

    /// Opens the device and begins to listen.
    init(device: Int?) throws {
        // What finds no room is missing, and becomes silence.
        let (audio, microphone) = AsyncThrowingStream.makeStream(
            of: AudioChunk.self, bufferingPolicy: .bufferingOldest(500))
        self.audio = audio
        let library = try PortAudio()
        let stream = try library.open(device: device, sampleRate: Self.sampleRate, frameCount: Self.frameCount)
        try DedicatedThread.start(name: "omni.device") { [self] in
            let start = ContinuousClock.now
            var filler = GapFiller()
            do {
                while !isClosed {
                    var heard = [Float](repeating: 0, count: Self.frameCount)
                    try library.read(stream, into: &heard)
                    var attempt = filler
                    let chunk = attempt.filled(
                        AudioChunk(heard, sampleRate: Self.sampleRate), at: ContinuousClock.now - start)
                    if case .enqueued = microphone.yield(chunk) { filler = attempt }
                    var played = next()
                    try library.write(stream, &played)
                }
                microphone.finish()
            } catch {
                microphone.finish(throwing: error)
            }
            library.close(stream)
        }
    }

    func close() { state.withLock { $0.isClosed = true } }

    // MARK: Playing

    /// Plays a conversation's answers.
    func take(_ event: ConversationEvent) {
        switch event {
        case .reply(_, .audio(let chunk)):
            guard let samples = try? chunk.resampled(to: Self.sampleRate).samples else { return }
            state.withLock { $0.queue += samples }
        case .replyPaused: state.withLock { $0.isPaused = true }
        case .replyResumed: state.withLock { $0.isPaused = false }
        case .replyInterrupted:
            state.withLock { state in
                state.queue = []
                state.isPaused = false
            }
        default: break
        }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func next() -> [Float] {
        state.withLock { state in
            guard !state.isPaused else { return Array(repeating: 0, count: Self.frameCount) }
            let played = Array(state.queue.prefix(Self.frameCount))
            state.queue.removeFirst(played.count)
            return played + Array(repeating: 0, count: Self.frameCount - played.count)
        }
    }
}
