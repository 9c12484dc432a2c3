import OmniCore

/// Turns that wait to be written down, one after the other, each once its answer is on its way.
struct Transcriber<Encoder: SpeechEncoder> {
    /// A pass that is under way.
    struct Pass {
        let turn: TurnID
        let channel: ReplyChannel
        var text = ""
    }

    private var waiting: [(turn: TurnID, question: HeardQuestion<Encoder>)] = []
    var pass: Pass?

    /// Each keeps its sound.
    private static var capacity: Int { 8 }

    var isIdle: Bool { waiting.isEmpty && pass == nil }

    /// Returns the turn that has to be left out, when too many wait.
    mutating func enqueue(_ turn: TurnID, _ question: HeardQuestion<Encoder>) -> TurnID? {
        waiting.append((turn, question))
        return waiting.count > Self.capacity ? waiting.removeFirst().turn : nil
    }

    mutating func next() -> (turn: TurnID, question: HeardQuestion<Encoder>)? {
        pass == nil && !waiting.isEmpty ? waiting.removeFirst() : nil
    }
}
