import OmniCore
import OmniPipeline
import OmniWhisper
import Synchronization

/// Writes down recordings with a Whisper model, one after another, since each uses all threads of the engine.
final class TranscriptionService: Sendable {
    let transcriber: WhisperTranscriber
    private let pool = WorkPool(threadCount: 1)
    private let permitCount = Mutex(0)

    /// Recordings that may be written down or wait for it.
    static let maximumPermitCount = 8

    init(_ transcriber: WhisperTranscriber) {
        var transcriber = transcriber
        transcriber.settings = WhisperSettings()
        self.transcriber = transcriber
    }

    var languages: [WhisperLanguage] { transcriber.vocabulary.languages }

    /// A permit for one recording to wait; given back when it is let go.
    final class Permit: Sendable {
        fileprivate let service: TranscriptionService
        fileprivate let isCancelled = Mutex(false)

        fileprivate init(_ service: TranscriptionService) { self.service = service }

        deinit { service.permitCount.withLock { $0 -= 1 } }
    }

    /// - Throws: ``APIError`` when too many recordings wait.
    func makePermit() throws(APIError) -> Permit {
        let isFree = permitCount.withLock { count in
            guard count < Self.maximumPermitCount else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw APIError(
                status: 503, kind: .server, code: "server_full",
                message: "as many recordings as may wait are waiting to be written down; try again later",
                retryAfter: .seconds(2))
        }
        return Permit(self)
    }

    /// Writes down a recording at any rate. Cancellation ends the work behind the window that is being decoded.
    ///
    /// - Parameter onSegments: called on another thread with what each window adds.
    func transcribe(
        _ audio: AudioChunk, _ options: TranscriptionOptions, with permit: Permit,
        onSegments: @escaping @Sendable ([TranscriptSegment]) -> Void = { _ in }
    ) async throws -> Transcript {
        try await withTaskCancellationHandler {
            try await pool.makeLane().run { [transcriber] in
                func requireNotCancelled() throws {
                    if permit.isCancelled.withLock({ $0 }) { throw CancellationError() }
                }
                try requireNotCancelled()
                let audio = try audio.resampled(to: transcriber.inputSampleRate)
                return try transcriber.transcribe(
                    SampleReader(audio), transcriber.settings.following(options)
                ) { progress in
                    onSegments(progress.segments)
                    try requireNotCancelled()
                }
            }
        } onCancel: {
            permit.isCancelled.withLock { $0 = true }
        }
    }

    /// What comes of a recording that is being written down.
    enum Event: Sendable {
        /// What a window has added.
        case segments([TranscriptSegment])
        /// Everything; the last event.
        case whole(Transcript)
    }

    /// The same as events. Letting go of them cancels the work.
    func events(
        of audio: AudioChunk, _ options: TranscriptionOptions, with permit: Permit
    ) -> AsyncThrowingStream<Event, any Error> {
        let (events, continuation) = AsyncThrowingStream.makeStream(of: Event.self)
        let task = Task {
            do {
                let transcript = try await transcribe(audio, options, with: permit) { segments in
                    continuation.yield(.segments(segments))
                }
                continuation.yield(.whole(transcript))
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return events
    }
}
