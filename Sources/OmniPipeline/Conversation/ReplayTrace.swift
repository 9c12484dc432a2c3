/// What a conversation cannot compute anew from its audio: how much was known of the replies when, and how much had
/// been heard of them. With all entries of a conversation at real pace, the same audio gives the same conversation
/// again: ``ConversationPace/replayed(_:)``.
///
/// Commands of a caller are no part of a trace.
public struct ReplayTrace: Sendable, Hashable {
    /// The entries, oldest first.
    public var entries: [Entry]

    /// Bundles entries as ``ConversationOptions/onReplayEntry`` gave them.
    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// Something that becomes known piece by piece.
    public enum Source: Sendable, Hashable, Codable {
        /// The reply of an index.
        case reply(Int)
        /// What was said in the turn of an index.
        case transcript(Int)
    }

    /// Pieces that became known one after the other.
    public struct Pieces: Sendable, Hashable, Codable {
        /// Of what.
        public var source: Source
        /// How many, the end of all counted as one.
        public var count: Int

        /// Counts pieces.
        public init(source: Source, count: Int) {
            self.source = source
            self.count = count
        }
    }

    /// What became known between two windows.
    public struct Entry: Sendable, Hashable, Codable {
        /// Windows of audio that had been processed, and one more once the audio had ended.
        public var windowCount: Int
        /// The reply in progress; `nil` when there was none.
        public var reply: Int?
        /// How much of its audio a player had.
        public var delivered: Duration
        /// How much of that had been heard.
        public var heard: Duration
        /// What became known.
        public var pieces: [Pieces]
        /// The reply that was prepared and had failed; `nil` when none had.
        public var failedPreparation: Int?

        /// Describes a moment.
        public init(
            windowCount: Int, reply: Int? = nil, delivered: Duration = .zero, heard: Duration = .zero,
            pieces: [Pieces] = [], failedPreparation: Int? = nil
        ) {
            self.windowCount = windowCount
            self.reply = reply
            self.delivered = delivered
            self.heard = heard
            self.pieces = pieces
            self.failedPreparation = failedPreparation
        }

        private enum CodingKeys: String, CodingKey {
            case windowCount, reply, delivered, heard, failedPreparation
            case pieces = "news"
        }
    }
}

extension ReplayTrace.Entry {
    /// Adds a piece.
    mutating func note(_ source: ReplayTrace.Source) {
        if pieces.last?.source == source {
            pieces[pieces.count - 1].count += 1
        } else {
            pieces.append(ReplayTrace.Pieces(source: source, count: 1))
        }
    }

    /// Whether it says more than that time has passed since `last`.
    func isNews(after last: ReplayTrace.Entry?) -> Bool {
        !pieces.isEmpty || failedPreparation != nil || reply != last?.reply || delivered != last?.delivered
            || heard != last?.heard
    }
}
