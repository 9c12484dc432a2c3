import OmniPipeline

/// Audio on its way to a conversation, written down as it passes.
struct RecordedAudio<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == AudioChunk {
    typealias Element = AudioChunk
    let audio: Base
    let recorder: ConversationRecorder?

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        let recorder: ConversationRecorder?

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> AudioChunk? {
            guard let chunk = try await base.next(isolation: actor) else { return nil }
            try recorder?.hear(chunk)
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: audio.makeAsyncIterator(), recorder: recorder)
    }

    init(audio: Base, recorder: ConversationRecorder?) {
        self.audio = audio
        self.recorder = recorder
    }
}
