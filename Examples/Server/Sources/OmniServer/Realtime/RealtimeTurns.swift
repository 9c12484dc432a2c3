import OmniPipeline

/// The turns of a conversation, and the items that they are for the client.
struct RealtimeTurns: Sendable {
    /// The item that is being spoken.
    var spoken: (turn: TurnID, item: String)?
    /// Items whose audio the client committed, or that silence triggered; their turns have not ended yet.
    var committed: [String] = []
    /// Commands to clear that the conversation has not carried out, and whether the client is told.
    private(set) var clears: [Bool] = []
    /// Items that may still get a transcript.
    private(set) var ended: [(turn: TurnID, item: String, duration: Duration)] = []

    /// More turns than can wait to be transcribed.
    private static let maximumEndedCount = 64

    mutating func clear(isTold: Bool) {
        spoken = nil
        clears.append(isTold)
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

    /// The item of a turn that is being spoken or has ended.
    func itemName(of turn: TurnID) -> String? { spoken?.turn == turn ? spoken?.item : item(of: turn)?.item }

    /// The item of a turn that has ended, and how long the turn was.
    func item(of turn: TurnID) -> (item: String, duration: Duration)? {
        ended.last { $0.turn == turn }.map { ($0.item, $0.duration) }
    }
}
