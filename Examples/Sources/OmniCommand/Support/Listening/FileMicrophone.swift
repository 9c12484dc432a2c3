import OmniPipeline
import Synchronization

/// A recording as a microphone: in pieces of 20 ms, at the pace at which they were spoken or as fast as they are taken.
final class FileMicrophone: AsyncSequence, Sendable {
    typealias Element = AudioChunk
    let audio: AudioChunk
    let isPaced: Bool
    private let isClosed = Mutex(false)

    init(audio: AudioChunk, isPaced: Bool) {
        self.audio = audio
        self.isPaced = isPaced
    }

    /// Ends the recording here.
    func close() { isClosed.withLock { $0 = true } }

    struct AsyncIterator: AsyncIteratorProtocol {
        let microphone: FileMicrophone
        var place = 0
        var instant = ContinuousClock.now

        mutating func next() async throws -> AudioChunk? {
            let audio = microphone.audio
            guard place < audio.samples.count, !microphone.isClosed.withLock({ $0 }) else { return nil }
            let end = Swift.min(place + Swift.max(audio.sampleRate / 50, 1), audio.samples.count)
            defer { place = end }
            if microphone.isPaced {
                instant += .milliseconds(20)
                try await Task.sleep(until: instant)
            }
            return AudioChunk(Array(audio.samples[place..<end]), sampleRate: audio.sampleRate)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(microphone: self) }
}
