public import OmniCore

/// Why a session cannot answer. Faults of a part come as the part's own errors.
public enum OmniSessionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A spoken question in a mode that reads, or a written one in a mode that listens.
    case questionDoesNotFit(mode: ReplyMode)
    /// A sample of the question that is not a finite number.
    case notFinite(sampleIndex: Int)
    /// A question that is shorter than anything that can be said, an empty one among them.
    case audioTooShort(Duration, minimum: Duration)
    /// A conversation that is to find turns, without a model that hears when somebody speaks.
    case noVoiceActivity
    /// A replayed trace that says what cannot become known: it is of another sound, another model, or was changed.
    case traceDoesNotFit(windowCount: Int)

    public var description: String {
        switch self {
        case .questionDoesNotFit(let mode):
            "mode \(mode.rawValue) takes a \(mode.listens ? "spoken" : "written") question"
        case .notFinite(let index): "sample \(index) of the question is not a finite number"
        case .audioTooShort(let duration, let minimum):
            "the audio is too short: it lasts \(Self.seconds(duration)) s, and at least \(Self.seconds(minimum)) s are needed"
        case .noVoiceActivity: "without a voice activity model nobody can tell when a turn is over"
        case .traceDoesNotFit(let windowCount):
            "the trace is not of this conversation: what it says of window \(windowCount) never comes"
        }
    }

    /// Seconds with as many digits as are needed, at most three.
    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int((duration.inSeconds * 1000).rounded(.down))
        guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000)" }
        return "\(Double(milliseconds) / 1000)"
    }
}
