public import OmniCore
internal import Synchronization

/// Plays replies one after another, and lets go of a reply that was interrupted.
///
/// All methods return at once and may be called from anywhere. What waits to be played is as long as its producer made
/// it: a conversation runs no further ahead than ``ConversationOptions/runAhead``.
public final class AudioPlayer: Sendable {
    private struct State {
        /// What plays next, at the player's rate.
        var segments: [Segment] = []
        /// Samples of the first segment that have been played.
        var playedCount = 0
        var resampler: Resampler?
        var resampledReply: ReplyID?
        var isPaused = false
    }

    private struct Segment {
        let reply: ReplyID?
        let samples: [Float]
    }

    /// Samples per second that the loudspeaker gets, in Hz.
    public let sampleRate: Int

    private let state = Mutex(State())

    /// A player with nothing to play.
    ///
    /// - Parameter sampleRate: Hz, positive.
    init(sampleRate: Int) { self.sampleRate = sampleRate }

    /// Does what an event of a conversation asks of a player: enqueues audio, pauses, resumes and drops.
    public func handle(_ event: ConversationEvent) {
        switch event {
        case .reply(let reply, .audio(let chunk)): enqueue(chunk, of: reply)
        case .reply(let reply, .finished): finish(reply)
        case .replyPaused: pause()
        case .replyResumed: resume()
        case .replyInterrupted(let interruption):
            drop(interruption.reply)
            resume()
        default: break
        }
    }

    /// Plays a chunk after everything that was enqueued before it. Chunks of one reply and one sample rate are joined
    /// without a seam.
    ///
    /// - Parameters:
    ///   - chunk: the audio, at any rate that ``Resampler`` takes; audio at another rate, and audio with samples that
    ///     are not finite, is left out.
    ///   - reply: which reply it belongs to, so that ``drop(_:)`` can name it.
    public func enqueue(_ chunk: AudioChunk, of reply: ReplyID? = nil) {
        state.withLock { state in
            if state.resampledReply != reply || state.resampler?.inputSampleRate != chunk.sampleRate {
                Self.flush(&state)
                state.resampler = try? Resampler(from: chunk.sampleRate, to: sampleRate)
                state.resampledReply = reply
            }
            guard let samples = try? state.resampler?.push(chunk.samples) else { return }
            Self.append(samples, of: reply, to: &state)
        }
    }

    /// Says that nothing more of a reply comes: the last samples that the resampler holds back are played, too.
    public func finish(_ reply: ReplyID) {
        state.withLock { if $0.resampledReply == reply { Self.flush(&$0) } }
    }

    /// Plays silence until ``resume()``, and keeps what was enqueued.
    public func pause() { state.withLock { $0.isPaused = true } }

    /// Plays on.
    public func resume() { state.withLock { $0.isPaused = false } }

    /// Forgets what was not played yet of a reply.
    public func drop(_ reply: ReplyID) {
        state.withLock { state in
            if state.segments.first?.reply == reply { state.playedCount = 0 }
            state.segments.removeAll { $0.reply == reply }
            if state.resampledReply == reply { (state.resampler, state.resampledReply) = (nil, nil) }
        }
    }

    /// Forgets everything that was not played yet.
    public func dropAll() {
        state.withLock { state in
            state.segments = []
            state.playedCount = 0
            (state.resampler, state.resampledReply) = (nil, nil)
        }
    }

    /// How much audio waits to be played.
    public var queuedDuration: Duration {
        state.withLock { state in
            let count = state.segments.reduce(0) { $0 + $1.samples.count } - state.playedCount
            return .seconds(Double(count) / Double(sampleRate))
        }
    }

    /// Fills a buffer with what plays next, and with silence where there is nothing.
    func render(into buffer: inout [Float]) {
        state.withLock { state in
            var place = 0
            while place < buffer.count, !state.isPaused, let segment = state.segments.first {
                let count = min(segment.samples.count - state.playedCount, buffer.count - place)
                let played = segment.samples[state.playedCount..<state.playedCount + count]
                buffer.replaceSubrange(place..<place + count, with: played)
                place += count
                state.playedCount += count
                if state.playedCount == segment.samples.count {
                    state.segments.removeFirst()
                    state.playedCount = 0
                }
            }
            buffer.replaceSubrange(place..., with: repeatElement(0, count: buffer.count - place))
        }
    }

    private static func flush(_ state: inout State) {
        let rest = state.resampler?.finish() ?? []
        append(rest, of: state.resampledReply, to: &state)
        (state.resampler, state.resampledReply) = (nil, nil)
    }

    private static func append(_ samples: [Float], of reply: ReplyID?, to state: inout State) {
        if !samples.isEmpty { state.segments.append(Segment(reply: reply, samples: samples)) }
    }
}
