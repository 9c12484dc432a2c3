import Foundation
import OmniPipeline
import Synchronization

/// A microphone at real pace: silence, until something is said.
final class PacedMicrophone: Sendable {
    private struct State {
        var speech: [Float] = []
        var place = 0
        /// When the first and the last sample of what is said were heard.
        var began: ContinuousClock.Instant?
        var ended: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let origin = Mutex<ContinuousClock.Instant?>(nil)
    let audio: AsyncStream<AudioChunk>
    private let microphone: AsyncStream<AudioChunk>.Continuation

    init() { (audio, microphone) = AsyncStream.makeStream(of: AudioChunk.self, bufferingPolicy: .unbounded) }

    /// Says something from the next chunk on.
    func say(_ speech: [Float]) {
        state.withLock { $0 = State(speech: speech) }
    }

    var began: ContinuousClock.Instant? { state.withLock { $0.began } }
    var ended: ContinuousClock.Instant? { state.withLock { $0.ended } }

    /// When a place in the audio was captured; `nil` before it began.
    func instant(of place: Duration) -> ContinuousClock.Instant? { origin.withLock { $0 }?.advanced(by: place) }

    func hangUp() { microphone.finish() }

    /// Runs until the task is cancelled: 10 ms at a time, when they are over.
    func run() async {
        let count = SpokenQuestions.sampleRate / 100
        let start = ContinuousClock.now
        var next = start
        origin.withLock { $0 = start }
        while !Task.isCancelled {
            next += .milliseconds(10)
            try? await Task.sleep(until: next)
            microphone.yield(AudioChunk(chunk(count), sampleRate: SpokenQuestions.sampleRate))
        }
    }

    private func chunk(_ count: Int) -> [Float] {
        state.withLock { state in
            let samples = state.speech[state.place..<min(state.place + count, state.speech.count)]
            guard !samples.isEmpty else { return Array(repeating: 0, count: count) }
            let now = ContinuousClock.now
            if state.place == 0 { state.began = now - .milliseconds(10) }
            state.place += samples.count
            if state.place == state.speech.count { state.ended = now }
            return samples + Array(repeating: 0, count: count - samples.count)
        }
    }
}
