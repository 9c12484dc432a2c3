/// What a conversation cannot compute anew from its sound: how much was known of the answers when, and how much had
/// been heard of them. With all ticks of a conversation at real pace, the same sound gives the same conversation again:
/// ``ConversationPace/replayed(_:)``.
///
/// What was done about a conversation from outside is no part of them.
public struct ConversationTick: Sendable, Hashable, Codable {
    /// Something that becomes known piece by piece.
    public enum Source: Sendable, Hashable, Codable {
        /// The answer of an index.
        case reply(Int)
        /// What was said in the turn of an index.
        case transcript(Int)
    }

    /// Pieces that became known one after the other.
    public struct News: Sendable, Hashable, Codable {
        /// Of what.
        public var source: Source
        /// How many, the end of all counted as one.
        public var count: Int
    }

    /// Windows of sound that had been heard, and one more once the sound had ended.
    public var windowCount: Int
    /// The answer in progress; `nil` when there was none.
    public var reply: Int?
    /// How much of its sound a player had.
    public var delivered: Duration = .zero
    /// How much of that had been heard.
    public var heard: Duration = .zero
    /// What became known.
    public var news: [News] = []

    /// Adds a piece.
    mutating func note(_ source: Source) {
        if news.last?.source == source {
            news[news.count - 1].count += 1
        } else {
            news.append(News(source: source, count: 1))
        }
    }

    /// Whether it says more than that time has passed since `last`.
    func isNews(after last: ConversationTick?) -> Bool {
        !news.isEmpty || reply != last?.reply || delivered != last?.delivered || heard != last?.heard
    }
}
