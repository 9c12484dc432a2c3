/// What an answer says, and when in its sound: the text runs ahead of the sound, and of an answer that was cut short
/// only a part was heard.
struct SpokenScript: Sendable {
    private var lines: [(text: String, place: Duration)] = []

    /// Adds text that is spoken `place` after the beginning of the sound.
    mutating func append(_ text: String, at place: Duration) { lines.append((text, place)) }

    /// The text whose sound had begun when `duration` of it was heard.
    func text(heard duration: Duration) -> String {
        lines.lazy.filter { $0.place < duration }.map(\.text).joined()
    }
}
