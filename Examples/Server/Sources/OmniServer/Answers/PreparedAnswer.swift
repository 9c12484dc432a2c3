import Metrics
import OmniPipeline

/// An answer to a turn that may be over, made ahead: nothing of it is known outside before the turn is.
struct PreparedAnswer: Sendable {
    let question: RealtimeAction.Question
    let mode: ReplyMode
    /// Steps at most.
    let stepLimit: Int?
    private let making: Task<Answer, any Error>

    init(_ question: RealtimeAction.Question, mode: ReplyMode, options: ReplyOptions, at desk: AnswerDesk) {
        self.question = question
        self.mode = mode
        stepLimit = options.generation.maximumStepCount
        making = Task { try await desk.begin(question, mode: mode, options: options) }
    }

    /// The turn was over.
    ///
    /// - Returns: `nil` when the answer could not be made ahead: ask again.
    func take() async -> Answer? {
        let answer = await withTaskCancellationHandler {
            try? await making.value
        } onCancel: {
            making.cancel()
        }
        count(answer == nil ? "failed" : "used")
        return answer
    }

    /// The speaker went on, or nobody wants an answer.
    func drop() {
        making.cancel()
        count("dropped")
    }

    private func count(_ outcome: String) {
        Counter(label: "omni_replies_prepared_total", dimensions: [("outcome", outcome)]).increment()
    }
}
