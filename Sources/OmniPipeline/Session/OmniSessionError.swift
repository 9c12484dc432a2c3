public import OmniCore

/// Why a session cannot answer. Faults of the audio are `AudioInputError`s, those of a part the part's own errors.
public enum OmniSessionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A spoken question in a mode that reads, or a written one in a mode that listens.
    case questionDoesNotFit(mode: ReplyMode)
    /// A mode that the pipeline's model does not know.
    case unsupportedMode(ReplyMode, supported: [ReplyMode])
    /// The pipeline's model answers no spoken questions, or no written ones.
    case noMode(isSpoken: Bool)
    /// The audio of the question could not be resampled, or is not kept any more.
    case noQuestion
    /// A conversation that is to find turns, without a voice activity model.
    case noVoiceActivity
    /// A replayed trace that says what cannot become known: it is of other audio, another model, or was changed.
    case traceDoesNotFit(windowCount: Int)

    public var description: String {
        switch self {
        case .questionDoesNotFit(let mode):
            "mode \(mode.rawValue) takes a \(mode.listens ? "spoken" : "written") question"
        case .unsupportedMode(let mode, let supported):
            "the model does not answer in mode \(mode.rawValue), only in "
                + supported.map(\.rawValue).joined(separator: ", ")
        case .noMode(let isSpoken): "the model answers no \(isSpoken ? "spoken" : "written") questions"
        case .noQuestion: "there is no audio of the question"
        case .noVoiceActivity: "turns cannot be found without a voice activity model"
        case .traceDoesNotFit(let windowCount):
            "the trace is not of this conversation: what it says of window \(windowCount) never comes"
        }
    }
}
