import OmniPipeline

/// A recording as a microphone: in pieces of 20 ms, at the pace at which they were spoken or as fast as they are taken.
struct FileMicrophone: AsyncSequence, Sendable {
    typealias Element = AudioChunk
    let audio: AudioChunk
    let isPaced: Bool

    struct AsyncIterator: AsyncIteratorProtocol {
        let audio: AudioChunk
        let isPaced: Bool
        var place = 0
        var instant = ContinuousClock.now

        mutating func next() async throws -> AudioChunk? {
            guard place < audio.samples.count else { return nil }
            let end = Swift.min(place + Swift.max(audio.sampleRate / 50, 1), audio.samples.count)
            defer { place = end }
            if isPaced {
                instant += .milliseconds(20)
                try await Task.sleep(until: instant)
            }
            return AudioChunk(Array(audio.samples[place..<end]), sampleRate: audio.sampleRate)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(audio: audio, isPaced: isPaced) }
}
