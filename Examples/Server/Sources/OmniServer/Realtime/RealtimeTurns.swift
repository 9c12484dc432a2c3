import OmniPipeline

/// The turns of a conversation, and the items that they are for the client.
struct RealtimeTurns: Sendable {
    /// A turn that began and has not ended.
    struct Spoken: Sendable {
        let turn: TurnID
        let item: String
        /// Where its audio begins, in milliseconds.
        let start: Int
    }

    /// A turn whose audio the conversation keeps while a reply begins: it goes on if its speaker does.
    struct Kept: Sendable {
        let item: String
        let start: Int
        /// Where the reply began, in milliseconds.
        let end: Int
    }

    /// The item that is being spoken.
    var spoken: Spoken?
    private(set) var kept: Kept?

    /// Whether the client was told that speech began, and not that it ended.
    var isSpeaking: Bool { spoken != nil || kept != nil }

    /// Items whose audio the client committed, or that silence triggered; their turns have not ended yet.
    var committed: [String] = []
    /// Commands to clear that the conversation has not carried out, and whether the client is told.
    private(set) var clears: [Bool] = []
    /// Items that may still get a transcript.
    private(set) var ended: [(turn: TurnID, item: String, duration: Duration)] = []

    /// More turns than can wait to be transcribed.
    private static let maximumEndedCount = 64

    mutating func clear(isTold: Bool) {
        (spoken, kept) = (nil, nil)
        clears.append(isTold)
    }

    /// A reply takes the place of the turn that is being spoken.
    ///
    /// - Parameter end: where it begins, in milliseconds.
    mutating func keepSpoken(end: Int) {
        kept = spoken.map { Kept(item: $0.item, start: $0.start, end: end) }
        spoken = nil
    }

    /// What was kept is not kept any more.
    mutating func takeKept() -> Kept? {
        defer { kept = nil }
        return kept
    }

    /// The conversation has carried out a command to clear.
    ///
    /// - Returns: whether the client is told.
    mutating func cleared() -> Bool { clears.isEmpty ? false : clears.removeFirst() }

    /// A turn is over.
    mutating func end(_ turn: Turn, item: String) {
        if ended.count >= Self.maximumEndedCount { ended.removeFirst() }
        ended.append((turn.id, item, turn.audio.upperBound - turn.audio.lowerBound))
    }

    /// The item of a turn that has ended, and how long the turn was.
    func item(of turn: TurnID) -> (item: String, duration: Duration)? {
        ended.last { $0.turn == turn }.map { ($0.item, $0.duration) }
    }
}
