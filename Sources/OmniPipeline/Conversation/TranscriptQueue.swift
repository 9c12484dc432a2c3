import OmniCore

/// Decides which turn of a conversation is transcribed: one after the other once they are over, or the turn in progress
/// while it is spoken, where nothing else is being transcribed. A pure machine.
struct TranscriptQueue {
    typealias Action = ConversationMachine.Action

    /// Turns that may wait. Each keeps its features.
    static let capacity = 8

    private var waiting: [TurnID] = []
    /// The turn that is being transcribed.
    private(set) var current: TurnID?
    /// Whether ``current`` is still being spoken.
    private var isSpoken = false
    /// The turn whose transcription failed while it was spoken.
    private var failed: TurnID?
    /// The transcript of ``current`` so far.
    private var text = ""

    /// Whether no turn is being transcribed or waits for it.
    var isEmpty: Bool { waiting.isEmpty && current == nil }

    /// Whether a turn is being transcribed or waits for it.
    func contains(_ turn: TurnID) -> Bool { turn == current || waiting.contains(turn) }

    /// A turn begins that may be transcribed while it is spoken.
    mutating func begin(_ turn: TurnID) -> [Action] {
        guard isEmpty else { return [] }
        (current, isSpoken, text) = (turn, true, "")
        return [.beginTranscript]
    }

    /// What began was no turn.
    mutating func drop(_ turn: TurnID) -> [Action] {
        guard isSpoken, current == turn else { return [] }
        (current, isSpoken) = (nil, false)
        return [.dropTranscript]
    }

    /// A turn has ended.
    ///
    /// - Parameter isWanted: whether it is transcribed, unless that has begun while it was spoken.
    mutating func end(_ turn: TurnID, isWanted: Bool) -> [Action] {
        if isSpoken, current == turn {
            isSpoken = false
            return [.endTranscript]
        }
        guard isWanted, failed != turn else { return [] }
        waiting.append(turn)
        guard waiting.count > Self.capacity else { return [] }
        return [.emit(.warning(.transcriptionSkipped(waiting.removeFirst())))]
    }

    /// Transcribes the next turn that waits, where none is being transcribed.
    mutating func startNext() -> [Action] {
        guard current == nil, !waiting.isEmpty else { return [] }
        let turn = waiting.removeFirst()
        (current, text) = (turn, "")
        return [.transcribe(turn)]
    }

    /// Takes the next piece of the transcript in progress.
    mutating func take(_ piece: ReplyBuffer.Output) -> [Action] {
        guard let turn = current else { return [] }
        switch piece {
        case .event(.text(let delta), _):
            text += delta
            return [.emit(.transcript(delta, turn))]
        case .event(.finished(let metrics), _): return [.emit(.transcriptionMeasured(turn, metrics))]
        case .event: return []
        case .end(let error):
            if isSpoken { failed = turn }
            (current, isSpoken) = (nil, false)
            return [.emit(error.map { .transcriptionFailed(turn, $0) } ?? .transcribed(text, turn))]
        }
    }
}
