import OmniCore
import Synchronization

/// A reply's seat at a ``ReplyDesk``: everything that it computes on shared engines goes through here. Whoever lets the
/// seat go has left.
final class ReplySeat<Model: SpeechLanguageModel>: Sendable {
    private let desk: ReplyDesk<Model>
    private let place: ReplySchedule.Place
    private let metrics = Mutex<ReplyMetrics?>(nil)

    init(desk: ReplyDesk<Model>, place: ReplySchedule.Place) {
        self.desk = desk
        self.place = place
    }

    deinit { desk.leave(place, metrics.withLock { $0 }) }

    /// The thread where sound is made beside the steps.
    var soundExecutor: InferenceExecutor { desk.soundExecutor }

    /// Encodes part by part.
    ///
    /// - Parameters:
    ///   - isStopped: whether nobody wants the answer any more.
    ///   - advance: computes the next part; `nil` as long as there is more to do.
    /// - Returns: `nil` when it was stopped.
    func features(
        unless isStopped: () -> Bool, _ advance: () throws -> Model.Features?
    ) async throws -> Model.Features? {
        while true {
            await desk.waitForSlice(place)
            if isStopped() { return nil }
            if let features = try advance() { return features }
        }
    }

    /// Reads the question part by part and stands ready to take the first step.
    ///
    /// - Returns: positions that the prompt takes; `nil` when it was stopped.
    func begin(
        answering question: Question<Model.Features>, mode: ReplyMode, options: GenerationOptions,
        unless isStopped: () -> Bool
    ) async throws -> Int? {
        await desk.waitForSlice(place)
        let promptLength = try desk.begin(place, answering: question, mode: mode, options: options)
        while try desk.readMore(place) {
            await desk.waitForSlice(place)
            if isStopped() { return nil }
        }
        return promptLength
    }

    /// Takes a step, together with those of others.
    ///
    /// - Parameter deadline: when the listener's sound runs out; `nil` when there is none.
    func next(deadline: ContinuousClock.Instant?) async throws -> GenerationStep<Model.Generation.Frame>? {
        try await desk.step(place, deadline: deadline)
    }

    /// Everything chosen so far, one list a stream.
    var chosenTokens: [[Int32]] { desk.chosenTokens(place) }
    /// Whether a limit ended the answer.
    var reachedLimit: Bool { desk.reachedLimit(place) }

    /// Tells what the reply took, so that the next ones can be estimated.
    func finished(_ metrics: ReplyMetrics) { self.metrics.withLock { $0 = metrics } }
}
