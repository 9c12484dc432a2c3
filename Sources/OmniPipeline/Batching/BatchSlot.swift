import OmniCore
import Synchronization

/// A reply's slot at a ``BatchScheduler``: everything that it computes on shared engines goes through here. The reply
/// leaves when the slot is released.
final class BatchSlot<Model: SpeechLanguageModel>: Sendable {
    private let scheduler: BatchScheduler<Model>
    private let sequence: SequenceID
    private let metrics = Mutex<ReplyMetrics?>(nil)

    init(_ scheduler: BatchScheduler<Model>, _ sequence: SequenceID) {
        self.scheduler = scheduler
        self.sequence = sequence
    }

    deinit { scheduler.leave(sequence, metrics.withLock { $0 }) }

    /// The thread where frames are decoded beside the steps.
    var codecExecutor: InferenceExecutor { scheduler.codecExecutor }

    /// Encodes part by part.
    ///
    /// - Parameters:
    ///   - isStopped: whether the reply was stopped.
    ///   - advance: computes the next part; `nil` as long as there is more to do.
    /// - Returns: `nil` when it was stopped.
    func features(
        unless isStopped: () -> Bool, _ advance: () throws -> Model.Features?
    ) async throws -> Model.Features? {
        while true {
            await scheduler.waitForPrefillChunk(sequence)
            if isStopped() { return nil }
            if let features = try advance() { return features }
        }
    }

    /// Prefills chunk by chunk; the first decode step comes next.
    ///
    /// - Returns: positions that the prompt takes; `nil` when it was stopped.
    func prefill(
        _ question: Question<Model.Features>, mode: ReplyMode, options: GenerationOptions, unless isStopped: () -> Bool
    ) async throws -> Int? {
        await scheduler.waitForPrefillChunk(sequence)
        let promptLength = try scheduler.beginPrefill(sequence, question, mode: mode, options: options)
        while try scheduler.prefillChunk(sequence) {
            await scheduler.waitForPrefillChunk(sequence)
            if isStopped() { return nil }
        }
        return promptLength
    }

    /// Takes a decode step, together with those of other replies.
    ///
    /// - Parameter deadline: when the listener's audio runs out; `nil` when there is none.
    func next(deadline: ContinuousClock.Instant?) async throws -> GenerationStep<Model.Generation.Frame>? {
        try await scheduler.step(sequence, deadline: deadline)
    }

    /// Everything chosen so far, one list a stream.
    var chosenTokens: [[Int32]] { scheduler.chosenTokens(sequence) }
    /// Whether a limit ended the reply.
    var reachedLimit: Bool { scheduler.reachedLimit(sequence) }

    /// Tells what the reply took, so that the next ones can be estimated.
    func finished(_ metrics: ReplyMetrics) { self.metrics.withLock { $0 = metrics } }
}
